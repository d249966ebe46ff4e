import type { Caller } from '@pelagic/chassis/caller';
import { CUBES } from '../cubes/catalogue.ts';
import type { Dimension, Measure, Moment } from '../cubes/cube.ts';
import type { Tree } from '../directory/tree.ts';
import type { Asked } from './asked.ts';
import { TEXTS, type Bindings } from './bindings.ts';
import { branchOf, isBelow, type TreeChoice } from './organization.ts';
import { isOfFacts, visibleParts } from './parts.ts';
import { startOfSql, type Bucket, type Period } from './period.ts';
import { placeOfProducts, productsMatch } from './products.ts';
import { isVisible, visibleRecords, type Scoping } from './scope.ts';

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
  /** `f` or `m`: one row of it for each record, of products and instalments one for each that it names. */
  row: string;
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

/** A row for each record that stood on the last day of each period. */
const stockOf = (noun: string, ends: Bucket[], { bind }: Bindings): string => {
  const days = bind('Array(Date32)', listed(ends, 'end'));
  const standing = `arrayJoin(arrayFilter(day -> day >= date and day < until, ${days}))`;
  return `(select *, ${standing} as period_end from ${noun}_movement final where moved and sign = 1 and date <= ${bind('Date32', ends.at(-1)!.end)})`;
};

const movesOf = (noun: string, sign: 1 | -1): string =>
  `(select * from ${noun}_movement final where moved and sign = ${sign} and step != other_step)`;

/** Joining every movement with its record costs many times the rest: only for what the movement does not know. */
const needsFacts = ({ dimensions, filters }: Asked, { date, owner }: Moment): boolean =>
  [...dimensions, ...filters.map(({ dimension }) => dimension)].some(
    ({ from }) => from === 'fact' || from === 'customer' || from === 'product',
  ) || [date, owner].some((expression) => expression.startsWith('f.'));

const usesCustomer = ({ dimensions, filters }: Asked): boolean =>
  [...dimensions, ...filters.map(({ dimension }) => dimension)].some(({ from }) => from === 'customer');

type Parts = { asked: Asked; moment: Moment; ends: Bucket[]; scoping: Scoping; today: string; withFacts: boolean };

/** The table of a moment's rows, `f` or the movements `m`, with what else the question needs; and who may see them. */
const tablesOf = ({ asked, moment, ends, scoping, today, withFacts }: Parts): Pick<Source, 'from' | 'where'> => {
  const { cube } = asked;
  const { noun } = cube;
  const customers = usesCustomer(asked)
    ? `\n  left join ${visibleRecords(CUBES.get('customer')!, scoping)} as c on c.id = f.${cube.customer}`
    : '';
  if (isOfFacts(moment.rows))
    return { from: `${visibleParts(cube, moment.rows, today, scoping)} as f${customers}`, where: [] };
  const movements =
    moment.rows === 'stock' ? stockOf(noun, ends, scoping.bindings) : movesOf(noun, moment.rows === 'enters' ? 1 : -1);
  if (!withFacts && !needsFacts(asked, moment))
    return { from: `${movements} as m`, where: [isVisible('m.id', cube, scoping)] };
  return {
    from: `${movements} as m\n  inner join ${visibleRecords(cube, scoping)} as f on f.id = m.id${customers}`,
    where: [],
  };
};

type Options = {
  /** Periods of the grain: what stands is looked at at the end of each. */
  ends: Bucket[];
  /** The expressions that are built on the source use `f` although its rows are movements. */
  withFacts?: boolean;
};

/** The rows of a moment in a period. */
export const sourceOf = (
  asked: Asked,
  moment: Moment,
  period: Period,
  { ends, withFacts = false }: Options,
  around: Circumstances,
  bindings: Bindings,
): Source => {
  const { grain, employeeId, departmentId, filters } = asked;
  const { caller, now, tree, today, fiscalStart, exporting = false } = around;
  const { bind } = bindings;
  const { date, owner, department } = moment;
  const stock = moment.rows === 'stock';
  const row = isOfFacts(moment.rows) ? 'f' : 'm';
  const tables = tablesOf({ asked, moment, ends, scoping: { caller, now, bindings, exporting }, today, withFacts });
  const choice: TreeChoice = { tree, today, todaysTree: asked.todaysTree };

  const key = (dimension: Dimension): string => {
    const { from, kind, column } = dimension;
    if (from === 'product') return placeOfProducts(dimension, moment.rows);
    if (from === 'credit') return column === 'owner' ? owner : department;
    if (from === 'branch') return branchOf(choice, departmentId || tree.root || '', department, date, bindings);
    if (from === 'customer') return `c.${column}`;
    const place = `${from === 'movement' ? row : 'f'}.${column}`;
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

  const bucketOfStock = (): string =>
    `transform(toString(${date}), ${bind(TEXTS, listed(ends, 'end'))}, ${bind(TEXTS, listed(ends, 'start'))}, '')`;
  return {
    ...tables,
    where: [
      ...(stock ? [] : [`${date} between ${bind('Date32', period.from)} and ${bind('Date32', period.to)}`]),
      ...(moment.where ? [moment.where] : []),
      ...tables.where,
      ...(employeeId ? [`${owner} = ${bind('String', employeeId)}`] : []),
      ...(departmentId ? [isBelow(choice, departmentId, department, date, bindings)] : []),
      ...filters.map(({ dimension, values }) =>
        dimension.kind === 'department' ? belowAnyOf(values) : matches(dimension, values),
      ),
    ],
    row,
    date,
    owner,
    bucket: !grain ? "''" : stock ? bucketOfStock() : startOfSql(grain, date, fiscalStart),
    key,
    matches,
    value: ({ value }) => `toDecimal128(${value}, 4)`,
  };
};
