import { listRecords } from '@pelagic/capabilities/record/list';
import { defineNoun } from '@pelagic/capabilities/record/noun';
import type { Row } from '@pelagic/capabilities/record/mapping';
import type { Handlers } from '@pelagic/chassis/rpc';
import type { AuditEntry, AuditServiceService } from '@pelagic/proto/crm/identity/v1/audit';
import { sql } from 'kysely';
import type { IdentityService } from '../identity-service.ts';
import { writeEntry } from './audit.ts';

const auditEntry = {
  ...defineNoun({ noun: 'audit_entry', search: { open: ['action'], guarded: [] }, reach: () => sql<boolean>`true`, order: 'time desc' }),
  table: 'audit_trail',
};

/** Details that other services hand in are JSON already. */
const parsed = (detail: string): unknown => {
  try {
    return detail ? JSON.parse(detail) : undefined;
  } catch {
    return detail;
  }
};

export const auditHandlers = ({ database }: IdentityService): Handlers<AuditServiceService> => ({
  listAuditEntries: async (request, caller) => {
    const { rows, nextPageToken } = await listRecords<Row>(database.sql, auditEntry, { ...request, orderBy: '', deleted: false, count: false }, caller);
    return { auditEntries: rows.map((row) => auditEntry.mapping.toMessage(row) as unknown as AuditEntry), nextPageToken };
  },
  recordAudit: async ({ entries }, caller) => {
    await database.transact(async (tx) => {
      // Who hands in an entry is known from its token and not from what it says.
      for (const { id: _id, detail, time, ...entry } of entries) {
        await writeEntry(tx, { ...entry, service: caller.id, ...(time && { time }), detail: parsed(detail) });
      }
    });
    return {};
  },
});
