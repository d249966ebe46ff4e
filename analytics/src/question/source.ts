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

const BOTH_SIGNS = 'm.sign';

const stockFrom = (noun: string, records: string, ends: Bucket[], bindings: Bindings): string => {
  const last = bindings.bind('Date32', ends.at(-1)!.end);
  const at = `arrayJoin(arrayFilter(day -> day >= date, ${bindings.bind('Array(Date32)', ends.map(({ end }) => end))}))`;
  return `(select *, ${at} as at from ${noun}_movement final where moved and date <= ${last}) as m\n  inner join ${records} as f on f.id = m.id`;
};

const usesCustomer = ({ dimensions, filters }: Asked): boolean => [...dimensions, ...filters.map(({ dimension }) => dimension)].some(({ from }) => from === 'customer');

/** The rows of a moment in a period. `ends` are the periods of the grain: what stands is looked at at the end of each. */
export const sourceOf = (asked: Asked, moment: Moment, period: Period, ends: Bucket[], around: Circumstances, bindings: Bindings, withCustomer = false): Source => {
  const { cube, grain, employeeId, departmentId, filters } = asked;
  const { caller, now, tree, today, fiscalStart } = around;
  const { bind } = bindings;
  const row = moment.stock ? 'm' : 'f';
  const scoping = { caller, now, bindings };
  const records = visibleRecords(cube, scoping);
  const choice: TreeChoice = { tree, today, todaysTree: asked.todaysTree };
  const date = moment.stock ? 'm.at' : `f.${moment.date}`;
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
  const belowAnyOf = (values: string[]): string => `(${values.map((value) => isBelow(choice, value, department, date, bindings)).join(' or ')})`;

  const customers = withCustomer || usesCustomer(asked) ? `\n  left join ${visibleRecords(CUBES.get('customer')!, scoping)} as c on c.id = f.${cube.customer}` : '';
  const where = [
    ...(moment.stock ? [] : [`${date} between ${bind('Date32', period.from)} and ${bind('Date32', period.to)}`]),
    ...(moment.where ? [moment.where] : []),
    ...(employeeId ? [`${owner} = ${bind('String', employeeId)}`] : []),
    ...(departmentId ? [isBelow(choice, departmentId, department, date, bindings)] : []),
    ...filters.map(({ dimension, values }) => (dimension.kind === 'department' ? belowAnyOf(values) : matches(dimension, values))),
  ];
  const bucketOfStock = (): string => `transform(toString(m.at), ${bind(TEXTS, ends.map(({ end }) => end))}, ${bind(TEXTS, ends.map(({ start }) => start))}, '')`;
  return {
    from: `${moment.stock ? stockFrom(cube.noun, records, ends, bindings) : `${records} as f`}${customers}`,
    where,
    date,
    owner,
    department,
    bucket: !grain ? "''" : moment.stock ? bucketOfStock() : startOfSql(grain, date, fiscalStart),
    key,
    matches,
    value: ({ value }) => `toDecimal128(${value}, 4)${moment.stock ? ` * ${BOTH_SIGNS}` : ''}`,
  };
};
