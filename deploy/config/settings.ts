import { integer, PROCESS_SETTINGS, SERVICE_SETTINGS, text, type Settings } from '@pelagic/chassis/config';
import { PROCESSES, type ProcessDefinition } from '../local/processes.ts';

/** One variable of the environment, and who reads it. */
export type Variable = {
  name: string;
  /** As text; missing when it must be given. */
  fallback?: string;
  meaning: string;
  secret: boolean;
  processes: string[];
};

/** What the web process reads: it is SvelteKit's own server, so nobody declares it in code. */
const WEB_SETTINGS = {
  HOST: text('address that HTTP listens on', '0.0.0.0'),
  PORT: integer('port that HTTP listens on', 3_000),
  ORIGIN: text('address that people type, for example https://crm.example.com'),
  SHUTDOWN_TIMEOUT: integer('seconds that running requests are waited for at the end', 30),
} satisfies Settings;

/** Every process declares what it reads in the `config.ts` beside its `main.ts`. */
export const declaredBy = async ({ name, entry, speaks }: ProcessDefinition): Promise<Settings> => {
  if (name === 'web') return WEB_SETTINGS;
  const file = new URL(`../../${entry.replace(/main\.ts$/, 'config.ts')}`, import.meta.url);
  const { SETTINGS } = (await import(file.href)) as { SETTINGS: Settings };
  return { ...PROCESS_SETTINGS, ...(speaks === 'grpc' && SERVICE_SETTINGS), ...SETTINGS };
};

const asText = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));

/** All variables of all processes, one entry for those that several read in the same way. */
export const allVariables = async (): Promise<Variable[]> => {
  const variables = new Map<string, Variable>();
  for (const definition of PROCESSES) {
    for (const [name, kind] of Object.entries(await declaredBy(definition))) {
      const fallback = 'fallback' in kind ? asText(kind.fallback) : undefined;
      const key = JSON.stringify([name, fallback, kind.describe]);
      const known = variables.get(key);
      if (known) known.processes.push(definition.name);
      else
        variables.set(key, {
          name,
          ...(fallback !== undefined && { fallback }),
          meaning: kind.describe,
          secret: kind.secret ?? false,
          processes: [definition.name],
        });
    }
  }
  return [...variables.values()];
};

/** The variables by who reads them, most readers first. */
export const byReaders = (variables: Variable[]): [readers: string[], variables: Variable[]][] => {
  const groups = new Map<string, Variable[]>();
  for (const variable of variables) {
    const key = variable.processes.join(' ');
    groups.set(key, [...(groups.get(key) ?? []), variable]);
  }
  return [...groups]
    .map(([key, group]): [string[], Variable[]] => [key.split(' '), group])
    .toSorted(([one], [other]) => other.length - one.length);
};
