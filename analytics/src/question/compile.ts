import type { Params } from '../engine/engine.ts';
import type { Measure } from '../cubes/cube.ts';
import type { Asked, Named } from './asked.ts';
import { bindings, TEXTS, type Bindings } from './bindings.ts';
import { bucketsOf, type Bucket, type Period } from './period.ts';
import { sourceOf, type Circumstances, type Source } from './source.ts';

/** Nothing but text and values: the same question compiles to the same statement. */
export type Compiled = { sql: string; params: Params };

/** One of the two periods. */
type Side = { side: 0 | 1; period: Period; buckets: Bucket[] };

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

type Sides = [Side, ...Side[]];

/** The rows of one moment in one of the two periods, under their keys. */
type Part = Pick<Source, 'from' | 'where' | 'value'> & { side: 0 | 1; moment: string; keys: string[] };

const partOf = (
  asked: Asked,
  moment: string,
  { side, period, buckets }: Side,
  sides: Sides,
  around: Circumstances,
  bound: Bindings,
): Part => {
  const { cube, dimensions, grain } = asked;
  // Without a grain both periods are found in one reading; with one, each has days of its own.
  const days = grain || sides.length === 1 ? buckets : sides.flatMap((each) => each.buckets);
  const source = sourceOf(asked, cube.moments[moment]!, period, { ends: buckets, days }, around, bound);
  const bucket = side ? aligned(source.bucket, sides[0].buckets, buckets, bound) : source.bucket;
  const keys = [...(grain ? [bucket] : []), ...dimensions.map(source.key)].map(
    (expression, index) => `toString(${expression}) as k${index}`,
  );
  const { from, where, value } = source;
  return { side, moment, from, where, value, keys };
};

/** Sums of a measure in one of the periods, and of what it is divided by. */
type Sum = { name: string; measure: Named<Measure>; side: 0 | 1; value: string };

const sumsOf = (measures: Named<Measure>[], sides: Side[]): Sum[] =>
  measures.flatMap((measure, index) =>
    sides.flatMap(({ side }) => [
      { name: `v${index}_${side}`, measure, side, value: measure.value },
      ...(measure.per ? [{ name: `w${index}_${side}`, measure, side, value: measure.per }] : []),
    ]),
  );

const all = (conditions: (string | undefined)[]): string => conditions.filter(Boolean).join('\n    and ') || '1';

/** Parts that read the same rows under the same keys, read once: each sum over the rows of its part. */
const reading = (parts: Part[], sums: Sum[]): string => {
  const { from, keys } = parts[0]!;
  const alone = parts.length === 1;
  const columns = sums.map(({ name, measure, side, value }) => {
    const part = parts.find((each) => each.side === side && each.moment === measure.moment);
    if (!part) return `toDecimal128(0, 4) as ${name}_`;
    const conditions = [...(alone ? [] : part.where), measure.where].filter(Boolean);
    const summed = part.value({ ...measure, value });
    return `${conditions.length ? `sumIf(${summed}, ${conditions.join(' and ')})` : `sum(${summed})`} as ${name}_`;
  });
  const where = alone ? all(parts[0]!.where) : parts.map((part) => `(${all(part.where)})`).join('\n    or ');
  const grouped = keys.length ? `\n  group by ${keys.map((_, index) => `k${index}`).join(', ')}` : '';
  return `select ${[...keys, ...columns].join(', ')}
  from ${from}
  where ${where}${grouped}`;
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

const isStock = ({ cube }: Asked, { moment }: Measure): boolean => cube.moments[moment]!.rows === 'stock';

/**
 * Whether the totals come of the rows: not where a record stands in several, nor of what stood beside another period, whose
 * last end is not among those of this one.
 */
export const addsUp = (asked: Asked): boolean =>
  asked.dimensions.every(({ kind, from }) => kind !== 'choices' && from !== 'product') &&
  !(asked.grain && asked.compare && asked.measures.some((measure) => isStock(asked, measure)));

/** What stood is in all what stood at the last end, and no sum over the ends. */
const totalled = (asked: Asked, { name, measure }: Sum, [{ buckets }]: Sides, { bind }: Bindings): string =>
  asked.grain && isStock(asked, measure)
    ? `if(total, sumIf(${name}_, k0 = ${bind('String', buckets.at(-1)!.start)}), sum(${name}_)) as ${name}`
    : `sum(${name}_) as ${name}`;

const sidesOf = ({ period, compare, grain }: Asked, fiscalStart: number): Sides => [
  { side: 0, period, buckets: bucketsOf(period, grain, fiscalStart) },
  ...(compare ? [{ side: 1 as const, period: compare, buckets: bucketsOf(compare, grain, fiscalStart) }] : []),
];

/**
 * The figures, a row for each combination of keys; without keys the one row of the totals. Where the rows add up, their
 * totals stand before them, with `total` 1.
 */
export const compile = (asked: Asked, around: Circumstances): Compiled => {
  const bound = bindings();
  const { measures, compare, grain, limit } = asked;
  const sides = sidesOf(asked, around.fiscalStart);
  const moments = [...new Set(measures.map(({ moment }) => moment))];
  const parts = sides.flatMap((side) => moments.map((moment) => partOf(asked, moment, side, sides, around, bound)));
  const sums = sumsOf(measures, sides);
  const readings = [...Map.groupBy(parts, ({ from, keys }) => [from, ...keys].join('\n')).values()];
  const rows = `from (\n  ${readings.map((together) => reading(together, sums)).join('\n  union all\n  ')}\n)`;
  const summed = sums.map(({ name }) => `sum(${name}_) as ${name}`);
  const names = keyNames(asked);
  if (!names.length) return { sql: `select ${summed.join(', ')}\n${rows}`, params: bound.params };
  const shown = `${grain && compare ? "k0 != '' and " : ''}(${sums.map(({ name }) => `${name} != 0`).join(' or ')})`;
  const order = orderOf(asked, names);
  if (!addsUp(asked))
    return {
      sql: `select ${[...names, ...summed].join(', ')}\n${rows}
group by ${names.join(', ')}
having ${shown}
order by ${order}
limit ${bound.bind('UInt32', limit)}`,
      params: bound.params,
    };
  const withTotals = sums.map((sum) => totalled(asked, sum, sides, bound));
  return {
    sql: `select ${[...names, ...withTotals].join(', ')}, toUInt8(grouping(k0)) as total\n${rows}
group by grouping sets ((${names.join(', ')}), ())
having total or ${shown}
order by total desc, ${order}
limit ${bound.bind('UInt32', limit + 1)}`,
    params: bound.params,
  };
};

/** The same question without keys: its totals, also over the rows beyond the limit. */
export const withoutKeys = (asked: Asked): Asked => ({
  ...asked,
  dimensions: [],
  grain: undefined,
  order: { by: 'measure', index: 0 },
});
