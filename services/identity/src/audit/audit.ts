import type { Caller } from '@pelagic/chassis/caller';
import { now } from '@pelagic/chassis/clock';
import { currentContext } from '@pelagic/chassis/context';
import type { Database, Tx } from '@pelagic/chassis/database';
import { record, uuidv7, type EventEnvelope } from '@pelagic/chassis/outbox';
import { activeTraceId } from '@pelagic/chassis/telemetry';
import { AuditEntry } from '@pelagic/proto/crm/identity/v1/audit';
import { lockPolicy } from '../grants/policy.ts';

export type NewEntry = Partial<Omit<AuditEntry, 'id' | 'detail'>> & { action: string; detail?: unknown };

/** Details beyond this are cut: the whole change stands in the event ledger. */
const DETAIL_MAX = 20_000;

const cut = (text: string): string => (text.length > DETAIL_MAX ? `${text.slice(0, DETAIL_MAX)}…` : text);

const actorOf = (caller: Caller | undefined) => ({
  ...(caller?.id && caller.kind !== 'service' && { actorId: caller.id }),
  actorKind: caller?.kind ?? 'service',
  ...(caller?.apiKeyId && { onBehalfOf: caller.apiKeyId }),
  remoteAddress: caller?.remoteAddress ?? '',
  reason: caller?.reason ?? '',
});

/** Writes an entry of the audit trail, with its event. Whoever calls now is the actor unless the entry says otherwise. */
export const writeEntry = async (tx: Tx, { detail, ...given }: NewEntry): Promise<void> => {
  const entry: AuditEntry = {
    id: uuidv7(),
    time: now().toISOString(),
    service: 'identity',
    noun: '',
    recordId: '',
    outcome: 'ok',
    traceId: activeTraceId() ?? '',
    ...actorOf(currentContext()?.caller),
    ...given,
    detail: detail === undefined ? '' : cut(JSON.stringify(detail)),
  };
  await tx.sql
    .insertInto('audit_entry')
    .values({
      id: entry.id,
      time: entry.time,
      action: entry.action,
      service: entry.service,
      actor_id: entry.actorId ?? null,
      actor_kind: entry.actorKind,
      on_behalf_of: entry.onBehalfOf ?? null,
      remote_address: entry.remoteAddress,
      noun: entry.noun,
      record_id: entry.recordId,
      reason: entry.reason,
      outcome: entry.outcome,
      detail: entry.detail,
      trace_id: entry.traceId,
      search_open: [entry.action, entry.remoteAddress, entry.reason, entry.detail].join('\n').toLowerCase(),
    })
    .execute();
  record(tx, { subject: 'crm.identity.audit_entry.recorded.v1', noun: 'audit_entry', recordId: entry.id, version: 1, data: { auditEntry: AuditEntry.toJSON(entry) } });
};

/** What an event changed: values before, and the same fields after; the whole state of what is new. */
const changeIn = ({ data }: EventEnvelope): { before?: unknown; after: unknown } => {
  const { before, ...rest } = data;
  const state = Object.values(rest)[0] as Record<string, unknown>;
  if (!before) return { after: state };
  return { before, after: Object.fromEntries(Object.keys(before).map((field) => [field, state[field] ?? null])) };
};

/**
 * One administrative change: under the policy's lock, with an entry of the audit trail for every record that it
 * changed, in one transaction.
 */
export const administer = <T>(database: Database, action: string, work: (tx: Tx) => Promise<T>): Promise<T> =>
  database.transact(async (tx) => {
    await lockPolicy(tx);
    const result = await work(tx);
    for (const event of tx.events.filter(({ noun }) => noun !== 'audit_entry')) {
      await writeEntry(tx, { action, noun: event.noun, recordId: event.subject, ...(event.reason && { reason: event.reason }), detail: changeIn(event) });
    }
    return result;
  });
