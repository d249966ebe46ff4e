import { changeIn } from '@pelagic/capabilities/audit/change';
import { isUuid } from '@pelagic/proto/formats';
import type { Caller } from '@pelagic/chassis/caller';
import { now } from '@pelagic/chassis/clock';
import { currentContext } from '@pelagic/chassis/context';
import type { Database, Tx } from '@pelagic/chassis/database';
import { record, uuidv7 } from '@pelagic/chassis/outbox';
import { activeTraceId } from '@pelagic/chassis/telemetry';
import { AuditEntry } from '@pelagic/proto/crm/identity/v1/audit';
import { sql } from 'kysely';
import { lockPolicy } from '../grants/policy.ts';

/** Details beyond this are cut: the whole change stands in the ledger of events. */
const DETAIL_MAX = 20_000;

/** Keeps an entry for good, with its event. One that is here already (its id says so) stays as it is. */
export const keepEntry = async (tx: Tx, entry: AuditEntry): Promise<void> => {
  const said = [entry.action, entry.noun, entry.outcome, entry.remoteAddress, entry.reason].join('\n').toLowerCase();
  const people = [entry.actorId ?? '', entry.recordId].filter(isUuid);
  const { rows } = await sql`
    insert into audit_entry (id, time, action, service, actor_id, actor_kind, on_behalf_of, remote_address, noun, record_id, reason, outcome, detail, trace_id, search_open, search_guarded)
    values (${entry.id}, ${entry.time ?? now().toISOString()}, ${entry.action}, ${entry.service}, ${entry.actorId ?? null}, ${entry.actorKind}, ${entry.onBehalfOf ?? null}, ${entry.remoteAddress},
      ${entry.noun}, ${entry.recordId}, ${entry.reason}, ${entry.outcome}, ${entry.detail}, ${entry.traceId},
      concat_ws(chr(10), ${said}::text, (select string_agg(lower(concat_ws(chr(10), name, pinyin, login)), chr(10)) from employee where id = any(${people}::uuid[]))), ${entry.detail.toLowerCase()})
    on conflict (id) do nothing returning id`.execute(tx.sql);
  if (!rows.length) return;
  record(tx, {
    subject: 'crm.identity.audit_entry.recorded.v1',
    noun: 'audit_entry',
    recordId: entry.id,
    version: 1,
    data: { auditEntry: AuditEntry.toJSON(entry) },
  });
};

export type NewEntry = Partial<Omit<AuditEntry, 'id' | 'detail' | 'service' | 'time'>> & {
  action: string;
  detail?: unknown;
};

const actorOf = (caller: Caller | undefined) => ({
  ...(caller?.id && caller.kind !== 'service' && { actorId: caller.id }),
  actorKind: caller?.kind ?? 'service',
  ...(caller?.apiKeyId && { onBehalfOf: caller.apiKeyId }),
  remoteAddress: caller?.remoteAddress ?? '',
  reason: caller?.reason ?? '',
});

/** Writes down what happens now, in the transaction in which it does. Whoever calls is the actor unless the entry says otherwise. */
export const writeEntry = (tx: Tx, { detail, ...given }: NewEntry): Promise<void> => {
  const text = detail === undefined ? '' : JSON.stringify(detail);
  return keepEntry(tx, {
    id: uuidv7(),
    time: now().toISOString(),
    service: 'identity',
    noun: '',
    recordId: '',
    outcome: 'ok',
    traceId: activeTraceId() ?? '',
    ...actorOf(currentContext()?.caller),
    ...given,
    detail: text.length > DETAIL_MAX ? JSON.stringify({ note: 'too long to be kept' }) : text,
  });
};

/**
 * One administrative change inside a transaction: under the policy's lock, with an entry of the audit trail for every
 * record that it changed.
 */
export const administerIn = async <T>(tx: Tx, action: string, work: () => Promise<T>): Promise<T> => {
  await lockPolicy(tx);
  // Imports and seeding make many changes in one transaction; each answers for its own events.
  const already = tx.events.length;
  const result = await work();
  for (const event of tx.events.slice(already).filter(({ noun }) => noun !== 'audit_entry')) {
    await writeEntry(tx, {
      action,
      noun: event.noun,
      recordId: event.subject,
      ...(event.reason && { reason: event.reason }),
      detail: changeIn(event),
    });
  }
  return result;
};

/** The same in a transaction of its own. */
export const administer = <T>(database: Database, action: string, work: (tx: Tx) => Promise<T>): Promise<T> =>
  database.transact((tx) => administerIn(tx, action, () => work(tx)));
