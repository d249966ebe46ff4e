import { startOfDate } from '@pelagic/chassis/clock';
import { enterprise } from '@pelagic/chassis/enterprise';
import { moving, type Moment } from '../cubes/cube.ts';
import type { Engine, Row } from '../engine/engine.ts';
import type { Asked } from '../question/asked.ts';
import { bindings, TEXTS, type Bindings } from '../question/bindings.ts';
import type { Compiled } from '../question/compile.ts';
import { ask } from '../question/limits.ts';
import { folded, ofEachMove } from '../question/moves.ts';
import { sourceOf, type Circumstances, type Source } from '../question/source.ts';
import type { Path } from './steps.ts';

/** What a funnel is asked under: whose records, in which period. */
export type Funnel = { asked: Asked; path: Path; around: Circumstances };

export type Reached = {
  counts: number[];
  amounts: string[];
  days: Map<string, number>;
  drops: { step: number; reason: string; count: number }[];
};

const MEDIAN = 'quantileExactInclusive(0.5)';

export const source = ({ asked, around }: Funnel, moment: Moment, bound: Bindings): Source =>
  sourceOf(asked, moment, asked.period, { ends: [{ start: asked.period.from, end: asked.period.to }] }, around, bound);

const keysOf = ({ steps }: Path): string[] => steps.map(({ key }) => key);

/** Place of a step, from 0; -1 for what is none. */
export const placeOf = (expression: string, path: Path, { bind }: Bindings): string => {
  const keys = keysOf(path);
  return `transform(toString(${expression}), ${bind(TEXTS, keys)}, [${keys.map((_, place) => place).join(', ')}], -1)`;
};

const hasAmount = ({ asked }: Funnel): boolean => asked.cube.columns['amount'] !== undefined;

export const amountOf = (funnel: Funnel, row: string): string =>
  hasAmount(funnel) ? `${row}.amount` : 'toDecimal128(0, 4)';

export const where = (conditions: string[]): string => conditions.join('\n    and ') || '1';

/** What stands in each step at the end of the period, and for how long it has. */
export const compileSnapshot = (funnel: Funnel): Compiled => {
  const bound = bindings();
  const { asked, path, around } = funnel;
  const from = source(funnel, asked.cube.moments['stock']!, bound);
  const zone = enterprise().timeZone;
  const end = startOfDate(zone, Temporal.PlainDate.from(asked.period.to).add({ days: 1 }).toString());
  const at = bound.bind(
    "DateTime64(3, 'UTC')",
    new Date(Math.min(end.getTime(), around.now.getTime())).toISOString().replace('T', ' ').replace('Z', ''),
  );
  return {
    sql: `select greatest(0, ${placeOf('m.step', path, bound)}) as place, count() as records, sum(${amountOf(funnel, 'm')}) as amount,
  ${MEDIAN}(dateDiff('second', m.enter_time, ${at}) / 86400) as days
from ${from.from}
where ${where(from.where)}
group by place`,
    params: bound.params,
  };
};

/** Place of the furthest step that a record came to. */
export const furthest = (path: Path, bound: Bindings): string => {
  const goal = path.steps.length - 1;
  const open = bound.bind(TEXTS, keysOf(path).slice(0, -1));
  return `if(f.step = ${bound.bind('String', keysOf(path).at(-1))}, ${goal}, toInt32(arrayMax(arrayPushFront(arrayMap(step -> indexOf(${open}, toString(step)), f.steps), 1))) - 1)`;
};

/** How far each record of the period's cohort has come; what was passed over counts as reached. */
export const compileCohort = (funnel: Funnel): Compiled => {
  const bound = bindings();
  const { asked, path } = funnel;
  const from = source(funnel, asked.cube.moments['create']!, bound);
  return {
    sql: `select ${furthest(path, bound)} as place, toString(f.step) as step, toString(f.${path.reason}) as reason, count() as records, sum(${amountOf(funnel, 'f')}) as amount
from ${from.from}
where ${where(from.where)}
group by place, step, reason`,
    params: bound.params,
  };
};

/** Days that records stayed in the steps that they left. */
const compileDays = (funnel: Funnel, moment: Moment): Compiled => {
  const bound = bindings();
  const from = source(funnel, moment, bound);
  return {
    sql: `select m.step as step, ${MEDIAN}((toUnixTimestamp(m.leave_time) - toUnixTimestamp(m.enter_time)) / 86400) as days
from ${from.from}
where ${where(from.where)}
group by step`,
    params: bound.params,
  };
};

/** Those of the records that the cohort is made of, whenever they left. */
export const compileCohortDays = (funnel: Funnel): Compiled =>
  compileDays(funnel, { ...funnel.asked.cube.moments['create']!, rows: 'leaves' });

/** Places that a movement passed forward into; coming back from an end is no step forward. */
export const passed = (path: Path, bound: Bindings): string => {
  const ends = bound.bind(TEXTS, [...path.drops, path.steps.at(-1)!.key]);
  return `if(m.from_step in ${ends}, [], range(toUInt32(greatest(0, ${placeOf('m.from_step', path, bound)} + 1)), toUInt32(greatest(0, ${placeOf('m.step', path, bound)} + 1))))`;
};

/**
 * Records that passed forward into each step in the period, once each, with their present amounts, as figures of the period
 * have them; and beside them, with a `step`, the ends that records came to, by the place that they were in.
 */
export const compileTransition = (funnel: Funnel): Compiled => {
  const bound = bindings();
  const { path } = funnel;
  const { from, where: conditions, move } = folded(source(funnel, moving('enters'), bound));
  const ended = `(greatest(0, ${placeOf('m.from_step', path, bound)}), toString(m.step))`;
  const once = (when: string, list: string): string =>
    `arrayDistinct(arrayFlatten(${ofEachMove(`if(${when}, ${list}, [])`)}))`;
  return {
    sql: `select arrayJoin(arrayConcat(
    arrayMap(place -> (toInt32(place), '', ''), places),
    arrayMap(ended -> (toInt32(ended.1), ended.2, why), ends))) as what,
  what.1 as place, what.2 as step, what.3 as reason, count() as records, sum(amount) as amount
from (
  select ${once(move, passed(path, bound))} as places,
    ${once(`${move} and m.step in ${bound.bind(TEXTS, path.drops)}`, `[${ended}]`)} as ends,
    toString(f.${path.reason}) as why, ${amountOf(funnel, 'f')} as amount
  from ${from}
  where ${where(conditions)}
)
group by what`,
    params: bound.params,
  };
};

export const compileTransitionDays = (funnel: Funnel): Compiled => compileDays(funnel, moving('leaves'));

const daysOf = (rows: Row[]): Map<string, number> =>
  new Map(rows.map(({ step, days }) => [String(step), Number(days)]));
const dropsOf = (rows: Row[]): Reached['drops'] =>
  rows.map(({ place, step, reason, records }) => ({
    step: Number(place),
    reason: String(reason) || String(step),
    count: Number(records),
  }));

const byPlace = (rows: Row[], size: number): Pick<Reached, 'counts' | 'amounts'> => {
  const places = new Map(rows.map((row) => [Number(row['place']), row]));
  const every = Array.from({ length: size }, (_, place) => places.get(place));
  return {
    counts: every.map((row) => Number(row?.['records'] ?? 0)),
    amounts: every.map((row) => String(row?.['amount'] ?? '0')),
  };
};

export const snapshot = async (engine: Engine, funnel: Funnel): Promise<Reached> => {
  const rows = await ask<Row>(engine, compileSnapshot(funnel), 'analytics funnel snapshot');
  const { steps } = funnel.path;
  return {
    ...byPlace(rows, steps.length),
    days: daysOf(rows.map((row) => ({ ...row, step: steps[Number(row['place'])]?.key }))),
    drops: [],
  };
};

export const cohort = async (engine: Engine, funnel: Funnel, add: (amounts: string[]) => string): Promise<Reached> => {
  const [rows, days] = await Promise.all([
    ask<Row>(engine, compileCohort(funnel), 'analytics funnel cohort'),
    ask<Row>(engine, compileCohortDays(funnel), 'analytics funnel cohort days'),
  ]);
  const { steps, drops, excluded } = funnel.path;
  const counted = rows.filter(({ step }) => !excluded.includes(String(step)));
  const beyond = (place: number): Row[] => counted.filter((row) => Number(row['place']) >= place);
  return {
    counts: steps.map((_, place) => beyond(place).reduce((sum, { records }) => sum + Number(records), 0)),
    amounts: steps.map((_, place) => add(beyond(place).map(({ amount }) => String(amount)))),
    days: daysOf(days),
    drops: dropsOf(rows.filter(({ step }) => drops.includes(String(step)))),
  };
};

export const transition = async (engine: Engine, funnel: Funnel): Promise<Reached> => {
  const [rows, days] = await Promise.all([
    ask<Row>(engine, compileTransition(funnel), 'analytics funnel transition'),
    ask<Row>(engine, compileTransitionDays(funnel), 'analytics funnel transition days'),
  ]);
  const passes = rows.filter(({ step }) => step === '');
  const ends = rows.filter(({ step }) => step !== '');
  return { ...byPlace(passes, funnel.path.steps.length), days: daysOf(days), drops: dropsOf(ends) };
};
