import type { Database } from '@pelagic/chassis/database';
import { invalidField } from '@pelagic/chassis/problem';
import { sql } from 'kysely';
import type { BulkTarget } from '../job/bulk-target.ts';
import type { ImportTarget, Lookup, RowKey } from '../job/import-target.ts';
import { defineNoun } from '../record/noun.ts';
import { newFields, writeFields } from '../record/fields.ts';
import { changeRecord, deleteRecord, insertRecord, need, restoreRecord, type RecordRow } from '../record/records.ts';
import type { Message, Row } from '../record/mapping.ts';

/** Two nouns of the contract with as few rules as tests of capabilities need. */
export const lead = defineNoun({ noun: 'lead', search: { open: ['name', 'company'], guarded: ['phones'] } });
export const department = defineNoun({ noun: 'department', search: { open: ['name'], guarded: [] } });

type LeadRow = RecordRow & { phones: string[]; emails: string[]; owner_id: string | null };

const reachable = (row: LeadRow): void => {
  if (!row.phones?.length && !row.emails?.length)
    throw invalidField('phones', 'PHONE_OR_EMAIL_REQUIRED', 'A lead needs a phone number or a mail address.');
};

/** As a lead is stored: digits of phones, mails in lower case. */
const normalize = (message: Message): { phones: string[]; emails: string[] } => ({
  phones: ((message['phones'] ?? []) as string[]).map((phone) => phone.replace(/\D/g, '')),
  emails: ((message['emails'] ?? []) as string[]).map((email) => email.toLowerCase()),
});

const keysOf = (message: Message): RowKey[] => {
  const { phones, emails } = normalize(message);
  reachable({ phones, emails } as LeadRow);
  return [...phones.map((value) => ({ kind: 'phone', value })), ...emails.map((value) => ({ kind: 'email', value }))];
};

const writable = async (
  tx: Parameters<NonNullable<BulkTarget['update']>>[0],
  id: string,
  message: Message,
  mask: string[],
  caller: Parameters<NonNullable<BulkTarget['update']>>[1]['caller'],
  version = 0,
) =>
  changeRecord<LeadRow>(tx, lead, id, caller, { action: 'update', verb: 'updated', version }, async (row) => {
    await writeFields(tx, lead, row as Row, message, caller, mask);
    reachable(row);
  });

const give = (
  tx: Parameters<NonNullable<BulkTarget['assign']>>[0],
  {
    id,
    version,
    caller,
    deleted = false,
  }: { id: string; version: number; caller: Parameters<typeof need>[0]; deleted?: boolean },
  ownerId: string | undefined,
  reason = '',
) =>
  changeRecord<LeadRow>(
    tx,
    lead,
    id,
    caller,
    { action: 'assign', verb: 'assigned', version, reason, deleted },
    (row) => {
      row.owner_id = ownerId ?? null;
    },
  );

export const leadImport: ImportTarget = {
  noun: 'lead',
  fields: [
    { field: 'name', labels: { zh: ['姓名', '线索名称'], en: ['Name', 'Lead'] } },
    { field: 'company' },
    { field: 'phones', matchKey: true },
    { field: 'emails', matchKey: true },
    { field: 'source' },
    { field: 'note' },
    { field: 'nextContactDate' },
    { field: 'ownerId' },
    { field: 'createTime', history: true },
    { field: 'state', history: true, words: { LEAD_STATE_INVALID: { zh: ['无效'], en: ['Invalid'] } } },
  ],
  keys: keysOf,
  contradiction: 'name-decides',
  keyFields: { phone: ['phones'], email: ['emails'] },
  find: async (tx, keys) => {
    const values = (kind: string) => keys.filter((key) => key.kind === kind).map(({ value }) => value);
    const { rows } = await sql<{
      id: string;
    }>`select id from lead where delete_time is null and (phones && ${values('phone')} or emails && ${values('email')} or (external_id <> '' and external_id = any(${values('external')}))) limit 3`.execute(
      tx.sql,
    );
    return rows.map(({ id }) => id);
  },
  findsMany: true,
  create: async (tx, message, caller) => {
    const state = (message['state'] as string) === 'LEAD_STATE_UNSPECIFIED' ? 'LEAD_STATE_NEW' : message['state'];
    const row = {
      ...(await newFields(tx, lead, { ...message, ...normalize(message) }, caller)),
      state,
      department_id: caller.grants?.departmentId,
    } as unknown as Row & LeadRow;
    reachable(row);
    if (row.owner_id && row.owner_id !== caller.id) need(caller, 'lead.assign');
    return (await insertRecord<LeadRow>(tx, lead, row, caller)).id;
  },
  update: async (tx, id, message, mask, caller) => {
    const fields = mask.filter((path) => path !== 'ownerId');
    if (fields.length) await writable(tx, id, { ...message, ...normalize(message) }, fields, caller);
    if (mask.includes('ownerId')) await give(tx, { id, version: 0, caller }, message['ownerId'] as string);
  },
};

export const leadBulk: BulkTarget = {
  noun: lead,
  update: (tx, { id, version, caller }, message, mask) => writable(tx, id, message, mask, caller, version),
  assign: (tx, one, ownerId, reason) => give(tx, one, ownerId, reason),
  delete: (tx, { id, version, caller }) => deleteRecord(tx, lead, id, caller, version),
  undelete: (tx, { id, caller }) => restoreRecord(tx, lead, id, caller),
};

/** They have no owner. */
export const departmentBulk: BulkTarget = {
  noun: department,
  undelete: (tx, { id, caller }) => restoreRecord(tx, department, id, caller),
};

export const departmentLookup: Lookup = async (text, { tx }) =>
  (
    await sql<{ id: string; name: string }>`select id, name from department where name = ${text} limit 3`.execute(
      tx.sql,
    )
  ).rows;

export const employeeLookup =
  (database: Database): Lookup =>
  async (text) =>
    (
      await sql<{
        id: string;
        name: string;
      }>`select id, name from directory_employee where lower(name) = lower(${text}) limit 3`.execute(database.sql)
    ).rows;

/** Departments stand under each other, in any order of the file. */
export const departmentImport: ImportTarget = {
  noun: 'department',
  fields: [
    { field: 'name', matchKey: true },
    { field: 'code' },
    { field: 'parentId', labels: { zh: ['上级部门'], en: ['Parent'] }, lookup: departmentLookup, sameFile: true },
    { field: 'fromDate', kind: 'date' },
  ],
  keys: ({ name }) => [{ kind: 'name', value: String(name) }],
  keyFields: { name: ['name'] },
  find: async (tx, keys) =>
    (
      await sql<{
        id: string;
      }>`select id from department where name = ${keys.find(({ kind }) => kind === 'name')?.value ?? ''}`.execute(
        tx.sql,
      )
    ).rows.map(({ id }) => id),
  create: async (tx, message, caller) => {
    const fields = await newFields(tx, department, message, caller);
    return (await insertRecord(tx, department, { ...fields, cost_center: String(message['fromDate'] ?? '') }, caller))
      .id;
  },
  update: async () => {},
};
