import { camel } from '@pelagic/chassis/projection';
import type { Cube, Text } from '../../cubes/cube.ts';

export type ViewColumn = {
  label: Text;
  /** Of ClickHouse, as clients see it. */
  type: string;
  /** SQL over the rows of the view's source. */
  value: string;
  /** Fields of the noun that its reader must be allowed to read. */
  fields: string[];
};

/** A table that analysts may read, by its name. */
export type View = {
  name: string;
  label: Text;
  description: Text;
  columns: Record<string, ViewColumn>;
} & (
  | { kind: 'records'; cube: Cube }
  /** Of the last states of a directory noun, which everybody signed in may read. */
  | { kind: 'directory'; noun: string }
  | { kind: 'calendar' }
);

/** What the facts have beside the columns of their cube. */
const OF_EVERY_FACT: Record<string, string> = {
  id: 'String',
  version: 'UInt32',
  create_owner_id: 'LowCardinality(String)',
  create_department_id: 'LowCardinality(String)',
  state_date: 'Date32',
  state_owner_id: 'LowCardinality(String)',
  state_department_id: 'LowCardinality(String)',
};

type More = { source?: string; fields?: string[]; value?: string; type?: string };

/** A column by its labels; it shows the column of the fact of the same name, and the field that is called so, unless it says more. */
export type Named = [zh: string, en: string, more?: More];

const columnOf = (cube: Cube, name: string, [zh, en, more = {}]: Named): ViewColumn => {
  const source = more.source ?? name;
  const type = more.type ?? cube.columns[source]?.type ?? OF_EVERY_FACT[source];
  if (!type) throw new Error(`${cube.noun} has no column ${source}`);
  return {
    label: { zh, en },
    type,
    value: more.value ?? source,
    fields: more.fields ?? [camel(name)],
  };
};

/** Of every noun with an owner. */
const ID: Record<string, Named> = {
  id: ['标识', 'Id', { fields: [] }],
  version: ['版本', 'Version', { fields: [] }],
};
const WHOSE: Record<string, Named> = {
  owner_id: ['负责人', 'Owner'],
  department_id: ['部门', 'Department'],
  create_owner_id: ['创建时的负责人', 'Owner when it was created', { fields: ['ownerId'] }],
  create_department_id: ['创建时的部门', 'Department when it was created', { fields: ['departmentId'] }],
  creator_id: ['创建人', 'Created by'],
  create_time: ['创建时间', 'Created at'],
};
/** Of what people put tags on; their names are in the view `tags`. */
const TAGGED: Record<string, Named> = { tag_ids: ['标签', 'Tags'] };
/** Of nouns with a state: who had the record when it came into it. */
export const SETTLED: Record<string, Named> = {
  state_date: ['进入当前状态的日期', 'Since when it is in its state', { fields: ['state'] }],
  state_owner_id: ['进入当前状态时的负责人', 'Owner when it came into its state', { fields: ['state', 'ownerId'] }],
  state_department_id: [
    '进入当前状态时的部门',
    'Department when it came into its state',
    { fields: ['state', 'departmentId'] },
  ],
};

/** The records of a noun in their last version. */
export const recordsView = (name: string, cube: Cube, description: Text, own: Record<string, Named>): View => ({
  kind: 'records',
  name,
  cube,
  label: cube.label,
  description,
  columns: Object.fromEntries(
    Object.entries({ ...ID, ...own, ...(cube.columns['tag_ids'] && TAGGED), ...WHOSE }).map(([column, named]) => [
      column,
      columnOf(cube, column, named),
    ]),
  ),
});
