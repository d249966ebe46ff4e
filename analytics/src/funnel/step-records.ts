import { moving } from '../cubes/cube.ts';
import { TEXTS, type Bindings } from '../question/bindings.ts';
import type { Records } from '../question/records.ts';
import { amountOf, furthest, passed, placeOf, source, where, type Funnel } from './noun-funnel.ts';
import type { FunnelDefinition } from './steps.ts';

/** What was clicked on: a step by its place, or what ended in it for a reason. */
type Clicked = { place: number; reason: string; amounts: boolean };

type Sql = (funnel: Funnel, clicked: Clicked, bound: Bindings) => string;

const place = ({ place: at }: Clicked, { bind }: Bindings): string => bind('Int32', at);

const NO_DIVISOR = 'toDecimal128(0, 4) as divisor';

const valueOf = (funnel: Funnel, { amounts }: Clicked, row: string): string =>
  amounts ? `toDecimal128(${amountOf(funnel, row)}, 4)` : 'toDecimal128(1, 4)';

/** Ended so: by the record's words, or by the state when it has none, as the step shows it. */
const endedFor = ({ path }: Funnel, step: string, { reason }: Clicked, { bind }: Bindings): string[] => [
  `toString(${step}) in ${bind(TEXTS, path.drops)}`,
  `if(toString(f.${path.reason}) = '', toString(${step}), toString(f.${path.reason})) = ${bind('String', reason)}`,
];

const snapshotSql: Sql = (funnel, clicked, bound) => {
  const from = source(funnel, funnel.asked.cube.moments['stock']!, bound);
  return `select f.id as id, toString(m.date) as date, toString(m.owner_id) as owner_id, ${valueOf(funnel, clicked, 'm')} as value, ${NO_DIVISOR}
  from ${from.from}
  where ${where([...from.where, `greatest(0, ${placeOf('m.step', funnel.path, bound)}) = ${place(clicked, bound)}`])}`;
};

const cohortSql: Sql = (funnel, clicked, bound) => {
  const { path, asked } = funnel;
  const from = source(funnel, asked.cube.moments['create']!, bound);
  const counted = clicked.reason
    ? [`${furthest(path, bound)} = ${place(clicked, bound)}`, ...endedFor(funnel, 'f.step', clicked, bound)]
    : [
        `${furthest(path, bound)} >= ${place(clicked, bound)}`,
        `toString(f.step) not in ${bound.bind(TEXTS, path.excluded)}`,
      ];
  return `select f.id as id, toString(${from.date}) as date, toString(${from.owner}) as owner_id, ${valueOf(funnel, clicked, 'f')} as value, ${NO_DIVISOR}
  from ${from.from}
  where ${where([...from.where, ...counted])}`;
};

const transitionSql: Sql = (funnel, clicked, bound) => {
  const { path } = funnel;
  const from = source(funnel, moving('enters'), bound);
  const counted = clicked.reason
    ? [
        `greatest(0, ${placeOf('m.from_step', path, bound)}) = ${place(clicked, bound)}`,
        ...endedFor(funnel, 'm.step', clicked, bound),
      ]
    : [`has(${passed(path, bound)}, ${place(clicked, bound)})`];
  return `select f.id as id, toString(max(m.date)) as date, toString(argMax(m.owner_id, (m.date, m.until, m.leave_time))) as owner_id, any(${valueOf(funnel, clicked, 'f')}) as value, ${NO_DIVISOR}
  from ${from.from}
  where ${where([...from.where, ...counted])}
  group by f.id`;
};

const SQL: Record<FunnelDefinition, Sql> = { snapshot: snapshotSql, cohort: cohortSql, transition: transitionSql };

/** The records behind a step of a noun's funnel: the same rows, scope and conditions as its count. */
export const stepRecords = (kind: FunnelDefinition, funnel: Funnel, clicked: Clicked): Records => ({
  cube: funnel.asked.cube,
  ratio: false,
  sql: (bound) => SQL[kind](funnel, clicked, bound),
});
