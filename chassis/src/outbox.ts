import { randomBytes } from 'node:crypto';
import { context as otelContext, propagation } from '@opentelemetry/api';
import { sql } from 'kysely';
import { currentContext } from './context.ts';
import { dateIn, now } from './clock.ts';
import type { Tx } from './database.ts';
import { enterpriseTimeZone } from './enterprise.ts';
import { WITH_NEXT } from './prepared.ts';

/** One state change of one record. `data` is the proto3-JSON of the event message with the full state after. */
export type NewEvent = {
  subject: string;
  noun: string;
  recordId: string;
  /** Of the aggregate, gapless from 1. */
  version: number;
  data: Record<string, unknown>;
  reason?: string;
};

/** CloudEvents 1.0 in structured JSON; extensions in lower case as the specification asks. */
export type EventEnvelope = {
  specversion: '1.0';
  id: string;
  source: string;
  type: string;
  subject: string;
  /** When it happened, by the injected clock. */
  time: string;
  /** When it was written down, by the real clock. */
  recordedtime: string;
  datacontenttype: 'application/json';
  sequence: string;
  noun: string;
  actorid: string;
  actorkind: string;
  onbehalfof?: string;
  reason?: string;
  /** Date of `time` in the enterprise's zone: report periods count by it. */
  businessdate: string;
  imported?: 'true';
  traceparent?: string;
  data: Record<string, unknown>;
};

let newest = { at: 0, count: 0 };

/**
 * A uuid of version 7: 48 bits of milliseconds, 12 that count within one, then chance (RFC 9562). What one process does
 * within a millisecond keeps its order; across processes the order says nothing about "newest".
 */
export const uuidv7 = (at: number = Date.now()): string => {
  newest = { at, count: at === newest.at ? (newest.count + 1) % 4096 : 0 };
  const bytes = randomBytes(16);
  bytes.writeUIntBE(at, 0, 6);
  bytes.writeUInt16BE(0x7000 | newest.count, 6);
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};

/**
 * Adds an event to the transaction. The record's row must be locked by it, or new: the order of events is the order
 * in which the lock was held.
 */
export const record = (tx: Tx, event: NewEvent): void => {
  tx.events.push(envelope(event, traceparentOfNow()));
};

const traceparentOfNow = (): string | undefined => {
  const carrier: Record<string, string> = {};
  propagation.inject(otelContext.active(), carrier);
  return carrier['traceparent'] ?? currentContext()?.traceparent;
};

const envelope = (event: NewEvent, traceparent: string | undefined): EventEnvelope => {
  const caller = currentContext()?.caller;
  const time = now();
  return {
    specversion: '1.0',
    id: uuidv7(),
    source: `/crm/${event.subject.split('.')[1]}`,
    type: event.subject,
    subject: event.recordId,
    time: time.toISOString(),
    recordedtime: new Date().toISOString(),
    datacontenttype: 'application/json',
    sequence: String(event.version),
    noun: event.noun,
    actorid: caller?.id ?? '',
    actorkind: caller?.kind ?? 'service',
    ...(caller?.apiKeyId && { onbehalfof: caller.apiKeyId }),
    ...((event.reason ?? caller?.reason) && { reason: event.reason ?? caller?.reason ?? '' }),
    businessdate: dateIn(enterpriseTimeZone(), time),
    ...(caller?.imported && { imported: 'true' as const }),
    ...(traceparent && { traceparent }),
    data: event.data,
  };
};

/** Writes the events of a transaction; the last statement before its commit. */
export const writeEvents = async (tx: Tx): Promise<void> => {
  const rows = tx.events.map((event) => ({
    id: event.id,
    subject: event.type,
    noun: event.noun,
    record_id: event.subject,
    version: Number(event.sequence),
    recorded_time: event.recordedtime,
    event,
    traceparent: event.traceparent,
  }));
  // One parameter for all of them; seq is given in the order of the array.
  await sql`${sql.raw(WITH_NEXT)}
    insert into outbox (id, subject, noun, record_id, version, recorded_time, event, traceparent)
    select id, subject, noun, record_id, version, recorded_time, event, traceparent
    from json_to_recordset(${JSON.stringify(rows)}::json)
      as event(id uuid, subject text, noun text, record_id uuid, version int, recorded_time timestamptz, event json, traceparent text)`.execute(
    tx.sql,
  );
};
