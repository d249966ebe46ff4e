import type { Caller } from '@pelagic/chassis/caller';
import { TEXTS, type Bindings } from '../../question/bindings.ts';
import { said } from '../../question/labels.ts';
import { DATABASE } from '../database.ts';
import type { ReadableView } from './readable.ts';

/**
 * What clients look up about tables, told of the views that the caller may read and of nothing else: under the names and in
 * the columns that ClickHouse has for it, as far as tools ask for them.
 */
export type SystemView = { columns: readonly string[]; sql: (views: ReadableView[], asker: Asker) => string };
type Asker = { caller: Caller; bindings: Bindings };

/** Lists side by side, as rows: `each.1`, `each.2` … */
const zipped = (lists: string[][], { bind }: Bindings): string =>
  `(select arrayJoin(arrayZip(${lists.map((list) => bind(TEXTS, list)).join(', ')})) as each)`;

const columnsOf = (values: Record<string, string>): string =>
  Object.entries(values)
    .map(([name, value]) => `${value} as ${name}`)
    .join(', ');

const OF_DATABASE = { name: `'${DATABASE}'`, engine: "'Views'", comment: "''" };

const OF_TABLE = {
  database: `'${DATABASE}'`,
  name: 'each.1',
  comment: 'each.2',
  engine: "'View'",
  engine_full: "''",
  is_temporary: 'toUInt8(0)',
  primary_key: "''",
  sorting_key: "''",
  partition_key: "''",
  create_table_query: "''",
  total_rows: 'cast(null as Nullable(UInt64))',
  total_bytes: 'cast(null as Nullable(UInt64))',
};

const OF_COLUMN = {
  database: `'${DATABASE}'`,
  table: 'each.1',
  name: 'each.2',
  type: 'each.3',
  comment: 'each.4',
  position: 'toUInt64(each.5)',
  default_kind: "''",
  default_expression: "''",
  is_in_primary_key: 'toUInt8(0)',
  is_in_sorting_key: 'toUInt8(0)',
  is_in_partition_key: 'toUInt8(0)',
};

const tables: SystemView['sql'] = (views, { caller, bindings }) => {
  const lists = [views.map(({ view }) => view.name), views.map(({ view }) => said(caller, view.label))];
  return `(select ${columnsOf(OF_TABLE)} from ${zipped(lists, bindings)})`;
};

const columns: SystemView['sql'] = (views, { caller, bindings }) => {
  const rows = views.flatMap(({ view, columns: own }) =>
    [...own].map(([name, { type, label }], index) => [view.name, name, type, said(caller, label), String(index + 1)]),
  );
  const lists = [0, 1, 2, 3, 4].map((at) => rows.map((row) => row[at]!));
  return `(select ${columnsOf(OF_COLUMN)} from ${zipped(lists, bindings)})`;
};

export const SYSTEM_VIEWS: ReadonlyMap<string, SystemView> = new Map([
  ['system.databases', { columns: Object.keys(OF_DATABASE), sql: () => `(select ${columnsOf(OF_DATABASE)})` }],
  ['system.tables', { columns: Object.keys(OF_TABLE), sql: tables }],
  ['system.columns', { columns: Object.keys(OF_COLUMN), sql: columns }],
]);
