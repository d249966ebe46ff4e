import type { ImportTarget, Lookup, RowKey } from '@pelagic/capabilities/job/import-target';
import type { Message } from '@pelagic/capabilities/record/mapping';
import { changeRecord } from '@pelagic/capabilities/record/records';
import { tidy } from '@pelagic/capabilities/record/tidy';
import type { Tx } from '@pelagic/chassis/database';
import { queryable } from '@pelagic/chassis/access';
import { today } from '@pelagic/chassis/enterprise';
import type { Department } from '@pelagic/proto/crm/identity/v1/department';
import { sql } from 'kysely';
import { administerIn } from '../audit/audit.ts';
import { createDepartment, updateDepartment } from './department.handlers.ts';
import { department, moveDepartment, type DepartmentRow } from './department.ts';
import { readTree, writeDepartmentSpans } from './department.queries.ts';

/** A row: the message, and from which day on it stands where it says. */
type Row = Department & { fromDate?: string };
const asRow = (message: Message): Row => message as unknown as Row;

/**
 * Departments by code, by name, or by the names on the way down to them: 华东/上海/一组. The way may begin anywhere.
 * Closed ones only for rows of the past. By nothing that is hidden or masked for the caller.
 */
export const departmentLookup: Lookup = async (text, { tx, caller, history }) => {
  const named = queryable(caller, 'department', 'name');
  const coded = sql`(${queryable(caller, 'department', 'code')} and lower(code) = ${text.trim().toLowerCase()})`;
  const way = text
    .split('/')
    .map((part) => tidy(part).toLowerCase())
    .filter(Boolean);
  const { rows } = await sql<{ id: string; name: string; way: string[] }>`
    with recursive named(id, name, way, parent_id) as (
      select id, name, array[lower(name)], parent_id from department where ((${named} and lower(name) = ${way.at(-1) ?? ''}) or ${coded}) and (${history} or closed_date is null)
      union all
      select named.id, named.name, array[lower(above.name)] || named.way, above.parent_id from named join department above on above.id = named.parent_id where cardinality(named.way) < ${way.length}
    ) select id, name, way from named where cardinality(way) = ${way.length} or id in (select id from department where ${coded})`.execute(
    tx.sql,
  );
  const fitting = rows.filter((row) => row.way.join('/') === way.join('/'));
  const found = fitting.length ? fitting : rows.filter(({ way: { length } }) => length === 1);
  return found.map(({ id, name }) => ({ id, name }));
};

/** Two teams of one name may stand under one department; their codes tell them apart. */
const keysOf = (message: Message): RowKey[] => {
  const { code, name, parentId } = asRow(message);
  return [
    code
      ? { kind: 'code', value: tidy(code).toLowerCase() }
      : { kind: 'name', value: `${parentId ?? ''}/${tidy(name).toLowerCase()}` },
  ];
};

const find = async (tx: Tx, keys: RowKey[]): Promise<string[]> => {
  const value = (kind: string) => keys.find((key) => key.kind === kind)?.value ?? '';
  const [parentId = '', ...name] = value('name').split('/');
  const { rows } = await sql<{ id: string }>`
    select id from department where (${value('external')} <> '' and external_id = ${value('external')}) or (${value('code')} <> '' and lower(code) = ${value('code')})
      or (lower(name) = ${name.join('/')} and coalesce(parent_id::text, '') = ${parentId || (await rootId(tx))}) limit 3`.execute(
    tx.sql,
  );
  return rows.map(({ id }) => id);
};

/** A row that does not say under which department it stands is right below the topmost one. */
const rootId = async (tx: Tx): Promise<string> =>
  (await sql<{ id: string }>`select id from department where parent_id is null`.execute(tx.sql)).rows[0]?.id ?? '';

export const departmentImport: ImportTarget = {
  noun: 'department',
  fields: [
    {
      field: 'name',
      labels: {
        zh: ['部门名称', '部门', '名称', '机构名称', '组织名称', '团队名称'],
        en: ['Department', 'Name', 'Department name', 'Team', 'Unit'],
      },
      required: true,
      matchKey: true,
    },
    { field: 'code', matchKey: true },
    {
      field: 'parentId',
      labels: {
        zh: ['上级部门', '上级', '上级部门名称', '上级机构'],
        en: ['Parent', 'Parent department', 'Parent unit'],
      },
      lookup: departmentLookup,
      sameFile: true,
    },
    { field: 'fromDate', kind: 'date' },
    { field: 'leaderId' },
    { field: 'deputyId' },
    { field: 'costCenter' },
    { field: 'externalId', matchKey: true },
  ],
  keys: keysOf,
  keyFields: { code: ['code'], name: ['parentId', 'name'] },
  find,
  create: (tx, message, caller) =>
    administerIn(tx, 'import_department', async () => {
      const { fromDate = '', ...row } = asRow(message);
      return (await createDepartment(tx, { ...row, parentId: row.parentId ?? (await rootId(tx)) }, caller, fromDate))
        .id;
    }),
  update: (tx, id, message, mask, caller) =>
    administerIn(tx, 'import_department', async () => {
      const { fromDate, ...row } = asRow(message);
      const fields = mask.filter((path) => path !== 'parentId' && path !== 'fromDate');
      if (fields.length) await updateDepartment(tx, id, { ...row, version: 0 }, fields, caller);
      if (!mask.includes('parentId')) return;
      const tree = await readTree(tx.sql);
      const moved = await changeRecord<DepartmentRow>(
        tx,
        department,
        id,
        caller,
        { action: 'manage', verb: 'moved' },
        (draft) => {
          if (draft.parent_id !== row.parentId)
            moveDepartment(draft, tree, row.parentId!, fromDate || today(), today());
        },
      );
      await writeDepartmentSpans(tx, moved);
    }),
};
