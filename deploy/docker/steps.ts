/** One instruction of a Dockerfile, its lines joined. */
export type Step = { verb: string; rest: string };

export type Stage = { name: string; from: string; steps: Step[] };

const instructionsOf = (text: string): Step[] =>
  text
    .split('\n')
    .filter((line) => !/^\s*(#|$)/.test(line))
    .join('\n')
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n')
    .map((line) => {
      const [, verb = '', rest = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
      return { verb: verb.toUpperCase(), rest };
    });

/** The stages of a Dockerfile in their order. Throws on an instruction outside of a stage that is not ARG. */
export const stagesOf = (text: string): Stage[] => {
  const stages: Stage[] = [];
  for (const step of instructionsOf(text)) {
    const [from = '', , name = ''] = step.rest.split(/\s+/);
    if (step.verb === 'FROM') stages.push({ name, from, steps: [] });
    else if (stages.length) stages.at(-1)!.steps.push(step);
    else if (step.verb !== 'ARG') throw new Error(`${step.verb} stands before the first stage.`);
  }
  return stages;
};

/** A stage, after all that it is made from. */
export const lineageOf = (stages: Stage[], name: string): Stage[] => {
  const stage = stages.find((each) => each.name === name);
  return stage ? [...lineageOf(stages, stage.from), stage] : [];
};

export type Copy = { from?: string; sources: string[]; target: string };

export const copyOf = ({ rest }: Step): Copy => {
  const words = rest.split(/\s+/);
  const from = words.find((word) => word.startsWith('--from='))?.slice('--from='.length);
  const paths = words.filter((word) => !word.startsWith('--'));
  return { ...(from && { from }), sources: paths.slice(0, -1), target: paths.at(-1)! };
};

/** ENV of a stage and of what it is made from. */
export const environmentIn = (lineage: Stage[]): Record<string, string> =>
  Object.fromEntries(
    lineage
      .flatMap(({ steps }) => steps)
      .filter(({ verb }) => verb === 'ENV')
      .flatMap(({ rest }) => rest.split(/\s+/))
      .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  );

/** Last of an instruction in JSON form, of a stage and what it is made from: ENTRYPOINT, CMD. */
export const lastWords = (lineage: Stage[], verb: string): string[] => {
  const last = lineage.flatMap(({ steps }) => steps).findLast((step) => step.verb === verb);
  return last ? (JSON.parse(last.rest) as string[]) : [];
};

/** Whether a path of the repository reaches the builder: patterns of a .dockerignore, of which the last that fits decides. */
export const reaches = (ignore: string, path: string): boolean => {
  let kept = true;
  for (const line of ignore.split('\n').filter((each) => each && !each.startsWith('#'))) {
    const keeps = line.startsWith('!');
    const pattern = line
      .replace(/^!/, '')
      .replaceAll('.', '\\.')
      .replaceAll('**/', '(.+/)?')
      .replaceAll(/(?<!\+)\*/g, '[^/]*');
    if (new RegExp(`^${pattern}(/.*)?$`).test(path)) kept = keeps;
  }
  return kept;
};
