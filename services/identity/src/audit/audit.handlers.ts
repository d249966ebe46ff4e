import { isUuid } from '@pelagic/proto/formats';
import { languageOf } from '@pelagic/proto/language';
import { inChineseBeside } from '@pelagic/proto/reason';
import { listRecords } from '@pelagic/capabilities/record/list';
import { defineNoun, type Noun } from '@pelagic/capabilities/record/noun';
import type { Row } from '@pelagic/capabilities/record/mapping';
import { may } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import type { Database } from '@pelagic/chassis/database';
import { invalid, type FieldError } from '@pelagic/chassis/problem';
import type { Handlers } from '@pelagic/chassis/rpc';
import type { AuditEntry, AuditServiceService } from '@pelagic/proto/crm/identity/v1/audit';
import { sql } from 'kysely';
import type { IdentityService } from '../identity-service.ts';
import { keepEntry } from './audit.ts';

const defined = defineNoun({
  noun: 'audit_entry',
  search: { open: ['action'], guarded: ['detail'] },
  reach: (caller) => sql<boolean>`${may(caller, 'audit_entry.read')}::boolean`,
  order: 'time desc',
});

export const auditEntry: Noun = {
  ...defined,
  table: 'audit_trail',
  // The contract takes any text for it, so that what is wrong with several entries is told at once.
  column: async (db, caller, table, path) =>
    path === 'id' ? { kind: 'uuid', sql: sql.ref(`${table}.id`) } : defined.column(db, caller, table, path),
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

/** Fields that the reader may not see: those of the entry's noun, or of any when the entry does not say which. */
const coveredFor = (caller: Caller, noun: string): Set<string> => {
  const fields = caller.grants?.fields;
  const grants = noun ? [fields?.get(noun)] : [...(fields?.values() ?? [])];
  return new Set(grants.flatMap((grant) => (grant ? [...grant.hidden, ...grant.masked] : [])));
};

const without = (value: unknown, covered: Set<string>): unknown => {
  if (Array.isArray(value)) return value.map((item) => without(item, covered));
  if (!value || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, covered.has(key) ? '***' : without(inner, covered)]),
  );
};

/** Values before and after, and those of requests, as far as the reader may see such fields. */
const maskDetail = (entry: AuditEntry, caller: Caller): AuditEntry => {
  const covered = coveredFor(caller, entry.noun);
  if (!entry.detail || !covered.size) return entry;
  return { ...entry, detail: JSON.stringify(without(JSON.parse(entry.detail), covered)) };
};

const checkEntries = (entries: AuditEntry[]): void => {
  const errors = entries.flatMap(({ id, detail }, index): FieldError[] => {
    if (!isUuid(id))
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

/** What refusals mean, in the reader's language; English knows them by their names. */
const refusalsIn = (rows: Row[], caller: Caller): Record<string, string> => {
  if (languageOf(caller.grants?.locale ?? '') !== 'zh') return {};
  const reasons = [...new Set(rows.map(({ outcome }) => String(outcome)))];
  return Object.fromEntries(
    reasons.flatMap((reason) => {
      const sentence = inChineseBeside(reason, {}, '');
      return sentence ? [[reason, sentence] as const] : [];
    }),
  );
};

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
      refusals: refusalsIn(rows, caller),
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
