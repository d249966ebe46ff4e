import type { Caller } from '@pelagic/chassis/caller';
import { CUBES } from '../cubes/catalogue.ts';
import type { Dimension, Measure, Moment } from '../cubes/cube.ts';
import type { Tree } from '../directory/tree.ts';
import type { Asked } from './asked.ts';
import { TEXTS, type Bindings } from './bindings.ts';
import { branchOf, isBelow, type TreeChoice } from './organization.ts';
import { startOfSql, type Bucket, type Period } from './period.ts';
import { visibleRecords } from './scope.ts';

/** What a question is compiled under, besides itself. */
export type Circumstances = { caller: Caller; tree: Tree; fiscalStart: number; now: Date; today: string };

/** Rows that one moment's measures are summed over: FROM, WHERE, and the expressions that stand on them. */
export type Source = {
  from: string;
  where: string[];
  /** Business date of a row. */
  date: string;
  /** Who is credited. */
  owner: string;
  department: string;
  /** First day of the row's period. */
  bucket: string;
  key: (dimension: Dimension) => string;
  /** Of any of the values. */
  matches: (dimension: Dimension, values: string[]) => string;
  value: (measure: Measure) => string;
};

const stockOf = (noun: string, ends: Bucket[], { bind }: Bindings): string => {
  const last = bind('Date32', ends.at(-1)!.end);
  const at = `arrayJoin(arrayFilter(day -> day >= date, ${bind(
    'Array(Date32)',
    ends.map(({ end }) => end),
  )}))`;
  return `(select *, ${at} as at from ${noun}_movement final where moved and date <= ${last})`;
};

const movesOf = (noun: string, sign: 1 | -1): string =>
  `(select * from ${noun}_movement final where moved and sign = ${sign} and step != other_step)`;

/** The table of a moment's rows: `f` alone, or the movements `m` of the records `f`. */
const tableOf = ({ rows }: Moment, noun: string, records: string, ends: Bucket[], bindings: Bindings): string => {
  if (rows === 'facts') return `${records} as f`;
  const movements = rows === 'stock' ? stockOf(noun, ends, bindings) : movesOf(noun, rows === 'enters' ? 1 : -1);
  return `${movements} as m\n  inner join ${records} as f on f.id = m.id`;
};

const usesCustomer = ({ dimensions, filters }: Asked): boolean =>
  [...dimensions, ...filters.map(({ dimension }) => dimension)].some(({ from }) => from === 'customer');

/** The rows of a moment in a period. `ends` are the periods of the grain: what stands is looked at at the end of each. */
export const sourceOf = (
  asked: Asked,
  moment: Moment,
  period: Period,
  ends: Bucket[],
  around: Circumstances,
  bindings: Bindings,
  withCustomer = false,
): Source => {
  const { cube, grain, employeeId, departmentId, filters } = asked;
  const { caller, now, tree, today, fiscalStart } = around;
  const { bind } = bindings;
  const stock = moment.rows === 'stock';
  const row = moment.rows === 'facts' ? 'f' : 'm';
  const scoping = { caller, now, bindings };
  const records = visibleRecords(cube, scoping);
  const choice: TreeChoice = { tree, today, todaysTree: asked.todaysTree };
  const date = stock ? 'm.at' : `${row}.${moment.date}`;
  const owner = `${row}.${moment.owner}`;
  const department = `${row}.${moment.department}`;

  const key = ({ from, kind, column }: Dimension): string => {
    if (from === 'credit') return column === 'owner' ? owner : department;
    if (from === 'branch') return branchOf(choice, departmentId || tree.root || '', department, date, bindings);
    if (from === 'customer') return `c.${column}`;
    const place = `${from === 'movement' ? row : 'f'}.${column}`;
    return kind === 'choices' ? `arrayJoin(if(empty(${place}), [''], ${place}))` : place;
  };
  const matches = (dimension: Dimension, values: string[]): string => {
    if (dimension.kind === 'choices') {
      const blank = values.includes('') ? ` or empty(f.${dimension.column})` : '';
      return `(hasAny(f.${dimension.column}, ${bind(TEXTS, values)})${blank})`;
    }
    return `${key(dimension)} in ${bind(TEXTS, values)}`;
  };
  const belowAnyOf = (values: string[]): string =>
    `(${values.map((value) => isBelow(choice, value, department, date, bindings)).join(' or ')})`;

  const customers =
    withCustomer || usesCustomer(asked)
      ? `\n  left join ${visibleRecords(CUBES.get('customer')!, scoping)} as c on c.id = f.${cube.customer}`
      : '';
  const where = [
    ...(stock ? [] : [`${date} between ${bind('Date32', period.from)} and ${bind('Date32', period.to)}`]),
    ...(moment.where ? [moment.where] : []),
    ...(employeeId ? [`${owner} = ${bind('String', employeeId)}`] : []),
    ...(departmentId ? [isBelow(choice, departmentId, department, date, bindings)] : []),
    ...filters.map(({ dimension, values }) =>
      dimension.kind === 'department' ? belowAnyOf(values) : matches(dimension, values),
    ),
  ];
  const bucketOfStock = (): string =>
    `transform(toString(m.at), ${bind(
      TEXTS,
      ends.map(({ end }) => end),
    )}, ${bind(
      TEXTS,
      ends.map(({ start }) => start),
    )}, '')`;
  return {
    from: `${tableOf(moment, cube.noun, records, ends, bindings)}${customers}`,
    where,
    date,
    owner,
    department,
    bucket: !grain ? "''" : stock ? bucketOfStock() : startOfSql(grain, date, fiscalStart),
    key,
    matches,
    value: ({ value }) => `toDecimal128(${value}, 4)${stock ? ' * m.sign' : ''}`,
  };
};
