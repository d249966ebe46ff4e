import type { Caller } from '@pelagic/chassis/caller';
import { CUBES } from '../cubes/catalogue.ts';
import type { Dimension, Measure, Moment, Rows } from '../cubes/cube.ts';
import type { Tree } from '../directory/tree.ts';
import type { Asked } from './asked.ts';
import { TEXTS, type Bindings } from './bindings.ts';
import { MOVES } from './moves.ts';
import { branchOf, isBelow, type TreeChoice } from './organization.ts';
import { isOfFacts, visibleParts } from './parts.ts';
import { startOfSql, type Bucket, type Period } from './period.ts';
import { placeOfProducts, productsMatch } from './products.ts';
import { visibleRecords, type Scoping } from './scope.ts';

/** What a question is compiled under, besides itself. */
export type Circumstances = {
  caller: Caller;
  tree: Tree;
  fiscalStart: number;
  now: Date;
  today: string;
  /** The rows go into a file. */
  exporting?: boolean;
};

/** Rows that one moment's measures are summed over: FROM, WHERE, and the expressions that stand on them. */
export type Source = {
  from: string;
  where: string[];
  /** Business date of a row. */
  date: string;
  /** Who is credited. */
  owner: string;
  /** First day of the row's period. */
  bucket: string;
  key: (dimension: Dimension) => string;
  /** Of any of the values. */
  matches: (dimension: Dimension, values: string[]) => string;
  value: (measure: Measure) => string;
};

const listed = (buckets: Bucket[], which: keyof Bucket): string[] => buckets.map((bucket) => bucket[which]);

/** Which movements of a record a moment counts. */
const MOVED: Partial<Record<Rows, string>> = {
  enters: 'm.enters',
  leaves: 'm.leaves',
};

/** A movement for each of the days on which it stood. */
const onDays = (days: string[], { bind }: Bindings): string =>
  `\n  array join arrayFilter(day -> day >= m.date and day < m.until, ${bind('Array(Date32)', days)}) as period_end`;

const usesCustomer = ({ dimensions, filters }: Asked): boolean =>
  [...dimensions, ...filters.map(({ dimension }) => dimension)].some(({ from }) => from === 'customer');

type Parts = { asked: Asked; moment: Moment; days: Bucket[]; scoping: Scoping; today: string };

/** The table of a moment's rows: the facts `f`, for each of its movements `m` where it counts these. */
const tablesOf = ({ asked, moment: { rows }, days, scoping, today }: Parts): Pick<Source, 'from' | 'where'> => {
  const { cube } = asked;
  const customers = usesCustomer(asked)
    ? `\n  left join ${visibleRecords(CUBES.get('customer')!, scoping)} as c on c.id = f.${cube.customer}`
    : '';
  if (isOfFacts(rows)) return { from: `${visibleParts(cube, rows, today, scoping)} as f${customers}`, where: [] };
  const movements = `${visibleRecords(cube, scoping)} as f${customers}\n  ${MOVES}`;
  if (rows !== 'stock') return { from: movements, where: [MOVED[rows]!] };
  // Both periods may end on one day.
  const ends = [...new Set(listed(days, 'end'))].toSorted();
  const [first, last] = [ends[0], ends.at(-1)].map((end) => scoping.bindings.bind('Date32', end));
  return {
    from: `${movements}${onDays(ends, scoping.bindings)}`,
    where: [`m.date <= ${last} and m.until > ${first}`],
  };
};

type Options = {
  /** Periods of the grain: what stands is looked at at the end of each. */
  ends: Bucket[];
  /** Those for which there are rows, when others share them. */
  days?: Bucket[];
};

/** The rows of a moment in a period. */
export const sourceOf = (
  asked: Asked,
  moment: Moment,
  period: Period,
  { ends, days = ends }: Options,
  around: Circumstances,
  bindings: Bindings,
): Source => {
  const { grain, employeeId, departmentId, filters } = asked;
  const { caller, now, tree, today, fiscalStart, exporting = false } = around;
  const { bind } = bindings;
  const { date, owner, department } = moment;
  const stock = moment.rows === 'stock';
  const tables = tablesOf({ asked, moment, days, scoping: { caller, now, bindings, exporting }, today });
  const choice: TreeChoice = { tree, today, todaysTree: asked.todaysTree };

  const key = (dimension: Dimension): string => {
    const { from, kind, column } = dimension;
    if (from === 'product') return placeOfProducts(dimension, moment.rows);
    if (from === 'credit') return column === 'owner' ? owner : department;
    if (from === 'branch') return branchOf(choice, departmentId || tree.root || '', department, date, bindings);
    if (from === 'customer') return `c.${column}`;
    const place = `${from === 'movement' && !isOfFacts(moment.rows) ? 'm' : 'f'}.${column}`;
    return kind === 'choices' ? `arrayJoin(if(empty(${place}), [''], ${place}))` : place;
  };
  const matches = (dimension: Dimension, values: string[]): string => {
    if (dimension.from === 'product') return productsMatch(dimension, moment.rows, bind(TEXTS, values));
    if (dimension.kind === 'choices') {
      const blank = values.includes('') ? ` or empty(f.${dimension.column})` : '';
      return `(hasAny(f.${dimension.column}, ${bind(TEXTS, values)})${blank})`;
    }
    return `${key(dimension)} in ${bind(TEXTS, values)}`;
  };
  const belowAnyOf = (values: string[]): string =>
    `(${values.map((value) => isBelow(choice, value, department, date, bindings)).join(' or ') || 'false'})`;

  const ownDays = (): string[] =>
    days === ends ? [] : [`period_end in ${bind('Array(Date32)', listed(ends, 'end'))}`];
  const bucketOfStock = (): string =>
    `transform(toString(${date}), ${bind(TEXTS, listed(ends, 'end'))}, ${bind(TEXTS, listed(ends, 'start'))}, '')`;
  return {
    ...tables,
    where: [
      ...(stock ? ownDays() : [`${date} between ${bind('Date32', period.from)} and ${bind('Date32', period.to)}`]),
      ...(moment.where ? [moment.where] : []),
      ...tables.where,
      ...(employeeId ? [`${owner} = ${bind('String', employeeId)}`] : []),
      ...(departmentId ? [isBelow(choice, departmentId, department, date, bindings)] : []),
      ...filters.map(({ dimension, values }) =>
        dimension.kind === 'department' ? belowAnyOf(values) : matches(dimension, values),
      ),
    ],
    date,
    owner,
    bucket: !grain ? "''" : stock ? bucketOfStock() : startOfSql(grain, date, fiscalStart),
    key,
    matches,
    value: ({ value }) => `toDecimal128(${value}, 4)`,
  };
};
