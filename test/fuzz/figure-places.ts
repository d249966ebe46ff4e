import { contract, messageType, type Field } from '@pelagic/proto/contract';
import type { Json } from './request.ts';

/** A place of a request that takes a text: what is sent when it is this one. */
type TextPlace = { path: string; what: string; body: (text: string) => Json };

/** A cube as the analytics service lists it. */
export type Cut = { name: string; measures: { name: string }[]; dimensions: { name: string }[] };

type Steps = (string | 0)[];

/** Where the texts of a message stand; a message that holds itself is not entered again. */
const textsIn = (type: string, above: string[] = []): Steps[] =>
  messageType(type).fields.flatMap((field: Field): Steps[] => {
    const at: Steps = field.repeated ? [field.json, 0] : [field.json];
    if (field.kind === 'string' || field.kind === 'timestamp') return [at];
    if (field.kind !== 'message' || !field.type || field.map || above.includes(field.type)) return [];
    return textsIn(field.type, [...above, type]).map((deeper) => [...at, ...deeper]);
  });

const put = (into: any, [step, ...rest]: Steps, text: string): void => {
  if (!rest.length) into[step!] = text;
  else put((into[step!] ??= rest[0] === 0 ? [] : {}), rest, text);
};

/** What is right for a field, by what it is called; a request is made of these, and one place of it is not right. */
const rightFor = ({ json, kind, type }: Field, cube: Cut, period: Json): unknown => {
  const measure = cube.measures[0]!.name;
  const dimensions = cube.dimensions.slice(0, 1).map(({ name }) => name);
  const question = {
    cube: cube.name,
    measures: [measure],
    period,
    compare: period,
    dimensions,
    filters: dimensions.map((dimension) => ({ dimension, values: ['x'] })),
  };
  const funnel = { noun: cube.name, kind: 'FUNNEL_KIND_SNAPSHOT', period };
  const known: Record<string, unknown> = {
    question,
    questions: [question],
    measure,
    noun: cube.name,
    kind: 'FUNNEL_KIND_SNAPSHOT',
    period,
    funnel,
    figure: { question, measure },
  };
  if (json === 'step' && kind === 'string') return 'LEAD_STATE_NEW';
  return type?.endsWith('GetFunnelRequest') ? funnel : known[json];
};

const requestOf = (type: string, cube: Cut, period: Json): Json => {
  const known = messageType(type).fields.flatMap((field): [string, unknown][] => {
    const right = rightFor(field, cube, period);
    return right === undefined ? [] : [[field.json, right]];
  });
  return structuredClone(Object.fromEntries(known)) as Json;
};

/** Every text of every request that the analytics service takes by POST, for every cube; and each dimension as what is filtered by. */
export const textPlaces = (cubes: Cut[], period: Json): TextPlace[] => {
  const rpcs = [...contract.rpcs.values()].filter(({ service }) => service === 'crm.analytics.v1.AnalyticsService');
  return cubes.flatMap((cube) => [
    ...rpcs.flatMap(({ request, bindings }) =>
      bindings
        .filter(({ method }) => method === 'POST')
        .flatMap(({ path }) =>
          textsIn(request).map((steps) => ({
            path,
            what: `${steps.join('.')} of ${cube.name}`,
            body: (text: string): Json => {
              const asked = requestOf(request, cube, period);
              put(asked, steps, text);
              return asked;
            },
          })),
        ),
    ),
    ...cube.dimensions.map(({ name: dimension }) => ({
      path: '/v1/analytics/questions:ask',
      what: `a value of ${cube.name}.${dimension}`,
      body: (text: string): Json => ({
        question: {
          cube: cube.name,
          measures: [cube.measures[0]!.name],
          period,
          filters: [{ dimension, values: [text, 'x'] }],
        },
      }),
    })),
  ]);
};
