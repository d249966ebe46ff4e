import { camel } from '@pelagic/chassis/projection';
import type { Behind, Cube, Text } from '../../cubes/cube.ts';
import type { Parts } from '../../question/parts.ts';

export type ViewColumn = {
  label: Text;
  /** Of ClickHouse, as clients see it. */
  type: string;
  /** SQL over the rows of the view's source. */
  value: string;
  /** Fields of the noun that its reader must be allowed to read. */
  fields: string[];
  behind?: Behind;
};

/** A table that analysts may read, by its name. */
export type View = {
  name: string;
  label: Text;
  description: Text;
  columns: Record<string, ViewColumn>;
} &
  /** A row for each of the records, or for each of their parts, which stand in a field: who may not read it is not told how many there are. */
  (
    | { kind: 'records'; cube: Cube; rows: Parts; field?: string }
    /** Of the last states of a directory noun, which everybody signed in may read, or who has the right. */
    | { kind: 'directory'; noun: string; permission?: string; where?: string }
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

type More = { source?: string; fields?: string[]; value?: string; type?: string; behind?: Behind };

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
    ...(more.behind && { behind: more.behind }),
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

const columnsOf = (cube: Cube, columns: Record<string, Named>): Record<string, ViewColumn> =>
  Object.fromEntries(Object.entries(columns).map(([name, named]) => [name, columnOf(cube, name, named)]));

/** The records of a noun in their last version. */
export const recordsView = (name: string, cube: Cube, description: Text, own: Record<string, Named>): View => ({
  kind: 'records',
  rows: 'facts',
  name,
  cube,
  label: cube.label,
  description,
  columns: columnsOf(cube, { ...ID, ...own, ...(cube.columns['tag_ids'] && TAGGED), ...WHOSE }),
});

/** What the records of a noun are made of, with whose they are. */
export const partsView = (
  name: string,
  cube: Cube,
  { rows, field }: { rows: Parts; field: string },
  { label, description }: Record<'label' | 'description', Text>,
  own: Record<string, Named>,
): View => ({
  ...{ kind: 'records', rows, field, name, cube, label, description },
  columns: columnsOf(cube, { ...own, owner_id: WHOSE['owner_id']!, department_id: WHOSE['department_id']! }),
});
