import { listRecords } from '@pelagic/capabilities/record/list';
import { defineNoun, type Noun } from '@pelagic/capabilities/record/noun';
import type { Row } from '@pelagic/capabilities/record/mapping';
import { fieldGrant } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import type { Database } from '@pelagic/chassis/database';
import { invalid } from '@pelagic/chassis/problem';
import type { Handlers } from '@pelagic/chassis/rpc';
import type { AuditEntry, AuditServiceService } from '@pelagic/proto/crm/identity/v1/audit';
import { sql } from 'kysely';
import type { IdentityService } from '../identity-service.ts';
import { keepEntry } from './audit.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const auditEntry: Noun = {
  ...defineNoun({
    noun: 'audit_entry',
    search: { open: ['action'], guarded: ['detail'] },
    reach: () => sql<boolean>`true`,
    order: 'time desc',
  }),
  table: 'audit_trail',
};

/** Details hold values of all nouns: who may not see some fields cannot find out by searching either. */
const asSeenBy = (caller: Caller): Noun =>
  caller.grants?.fields.size
    ? {
        ...auditEntry,
        spec: { ...auditEntry.spec, search: { open: ['action'], guarded: [] } },
        column: async (db, by, table, path) => (path === 'detail' ? undefined : auditEntry.column(db, by, table, path)),
      }
    : auditEntry;

const without = (state: unknown, fields: Set<string>): unknown =>
  state && typeof state === 'object'
    ? Object.fromEntries(Object.entries(state).map(([key, value]) => [key, fields.has(key) ? '***' : value]))
    : state;

/** Values before and after, as far as the reader may see such fields. */
const maskDetail = (entry: AuditEntry, caller: Caller): AuditEntry => {
  const { hidden, masked } = fieldGrant(caller, entry.noun);
  if (!entry.detail || (!hidden.size && !masked.size)) return entry;
  const covered = new Set([...hidden, ...masked]);
  const detail = JSON.parse(entry.detail) as Record<string, unknown>;
  return {
    ...entry,
    detail: JSON.stringify(
      Object.fromEntries(Object.entries(detail).map(([key, value]) => [key, without(value, covered)])),
    ),
  };
};

const checkEntries = (entries: AuditEntry[]): void => {
  const errors = entries.flatMap(({ id, detail }, index) => {
    if (!UUID.test(id))
      return [
        {
          field: `entries[${index}].id`,
          reason: 'BAD_FORMAT',
          message: 'An entry has a uuid of its own, by which it is kept once.',
        },
      ];
    if (detail && !isJson(detail))
      return [{ field: `entries[${index}].detail`, reason: 'BAD_FORMAT', message: 'The detail is JSON.' }];
    return [];
  });
  if (errors.length) throw invalid(...errors);
};

const isJson = (text: string): boolean => {
  try {
    return typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
};

/** Keeps what was written down elsewhere; the same entry twice is kept once. */
export const takeEntries = (database: Database, entries: AuditEntry[]): Promise<void> =>
  database.transact(async (tx) => {
    for (const entry of entries) await keepEntry(tx, entry);
  });

export const auditHandlers = ({ database }: IdentityService): Handlers<AuditServiceService> => ({
  listAuditEntries: async (request, caller) => {
    const { rows, nextPageToken } = await listRecords<Row>(
      database.sql,
      asSeenBy(caller),
      { ...request, orderBy: '', deleted: false, count: false },
      caller,
    );
    return {
      auditEntries: rows.map((row) => maskDetail(auditEntry.mapping.toMessage(row) as unknown as AuditEntry, caller)),
      nextPageToken,
    };
  },
  recordAudit: async ({ entries }, caller) => {
    checkEntries(entries);
    // Who hands in an entry is known from its token and not from what it says.
    await takeEntries(
      database,
      entries.map((entry) => ({ ...entry, service: caller.id })),
    );
    return {};
  },
});
