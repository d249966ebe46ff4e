import type { Params } from '../engine/engine.ts';
import type { Measure } from '../cubes/cube.ts';
import type { Asked, Named } from './asked.ts';
import { bindings, TEXTS, type Bindings } from './bindings.ts';
import { bucketsOf, type Bucket, type Period } from './period.ts';
import { sourceOf, type Circumstances } from './source.ts';

/** Nothing but text and values: the same question compiles to the same statement. */
export type Compiled = { sql: string; params: Params };

type Side = { side: 0 | 1; period: Period; buckets: Bucket[] };

const NOTHING = 'toDecimal128(0, 4)';

const keyNames = ({ grain, dimensions }: Asked): string[] =>
  [...(grain ? ['bucket'] : []), ...dimensions].map((_, index) => `k${index}`);

/** The other period's rows stand beside those of this period with the same ordinal. */
const aligned = (bucket: string, current: Bucket[], own: Bucket[], { bind }: Bindings): string =>
  `transform(${bucket}, ${bind(
    TEXTS,
    own.slice(0, current.length).map(({ start }) => start),
  )}, ${bind(
    TEXTS,
    current.slice(0, own.length).map(({ start }) => start),
  )}, '')`;

const sums = (measure: Named<Measure>, index: number, here: boolean, value: string, divisor: string): string => {
  const summed = (expression: string): string =>
    !here ? NOTHING : measure.where ? `sumIf(${expression}, ${measure.where})` : `sum(${expression})`;
  return `${summed(value)} as v${index}${measure.per ? `, ${summed(divisor)} as w${index}` : ''}`;
};

/** The sums of one moment in one of the two periods. */
const part = (
  asked: Asked,
  momentName: string,
  { side, period, buckets }: Side,
  current: Bucket[],
  around: Circumstances,
  bound: Bindings,
): string => {
  const { cube, measures, dimensions, grain } = asked;
  const source = sourceOf(asked, cube.moments[momentName]!, period, { ends: buckets }, around, bound);
  const bucket = side ? aligned(source.bucket, current, buckets, bound) : source.bucket;
  const keys = [...(grain ? [bucket] : []), ...dimensions.map(source.key)].map(
    (expression, index) => `toString(${expression}) as k${index}`,
  );
  const values = measures.map((measure, index) =>
    sums(
      measure,
      index,
      measure.moment === momentName,
      source.value(measure),
      source.value({ ...measure, value: measure.per ?? '0' }),
    ),
  );
  const grouped = keys.length ? `\n  group by ${keyNames(asked).join(', ')}` : '';
  return `select ${[`toUInt8(${side}) as side`, ...keys, ...values].join(', ')}
  from ${source.from}
  where ${source.where.join('\n    and ') || '1'}${grouped}`;
};

const orderOf = ({ order, measures }: Asked, names: string[]): string => {
  const { by, index } = order;
  const ratio = measures[index]?.per;
  const first =
    by === 'key'
      ? `k${index}`
      : ratio
        ? `if(w${index}_0 = 0, null, toFloat64(v${index}_0) / toFloat64(w${index}_0)) desc nulls last`
        : `v${index}_0 desc`;
  return [...new Set([first, ...names])].join(', ');
};

/** The figures, a row for each combination of keys; without keys the one row of the totals. */
export const compile = (asked: Asked, around: Circumstances): Compiled => {
  const bound = bindings();
  const { measures, period, compare, grain, limit } = asked;
  const current = bucketsOf(period, grain, around.fiscalStart);
  const sides: Side[] = [{ side: 0, period, buckets: current }];
  if (compare) sides.push({ side: 1, period: compare, buckets: bucketsOf(compare, grain, around.fiscalStart) });
  const moments = [...new Set(measures.map(({ moment }) => moment))];
  const parts = sides.flatMap((side) => moments.map((moment) => part(asked, moment, side, current, around, bound)));
  const names = keyNames(asked);
  const columns = measures.flatMap(({ per }, index) =>
    sides.flatMap(({ side }) =>
      [`v${index}`, ...(per ? [`w${index}`] : [])].map((column) => ({
        name: `${column}_${side}`,
        sum: `sumIf(${column}, side = ${side})`,
      })),
    ),
  );
  const selected = [...names, ...columns.map(({ name, sum }) => `${sum} as ${name}`)].join(', ');
  const rest = names.length
    ? `
group by ${names.join(', ')}
having ${[grain && compare ? "k0 != ''" : '', `(${columns.map(({ name }) => `${name} != 0`).join(' or ')})`].filter(Boolean).join(' and ')}
order by ${orderOf(asked, names)}
limit ${bound.bind('UInt32', limit)}`
    : '';
  return { sql: `select ${selected}\nfrom (\n  ${parts.join('\n  union all\n  ')}\n)${rest}`, params: bound.params };
};

/** The same question without keys: its totals, also over the rows beyond the limit. */
export const withoutKeys = (asked: Asked): Asked => ({
  ...asked,
  dimensions: [],
  grain: undefined,
  order: { by: 'measure', index: 0 },
});
