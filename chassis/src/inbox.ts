import { isUuid } from '@pelagic/proto/formats';
import { sql } from 'kysely';
import { Counter } from 'prom-client';
import { serviceCaller } from './caller.ts';
import type { Consumer } from './consumer.ts';
import { runIn } from './context.ts';
import type { Database, Tx } from './database.ts';
import { storable } from './envelope.ts';
import type { EventEnvelope } from './outbox.ts';
import { WITH_NEXT } from './prepared.ts';
import { step } from './steps.ts';
import { spanForBatch, SpanKind } from './telemetry.ts';

/** Time that the effects of a batch may take: the bus gives its events out again after it. */
export const ACK_WAIT_MS = 30_000;

const handled = new Counter({
  name: 'inbox_handled_total',
  help: 'Events whose effect was committed',
  labelNames: ['consumer'],
});
const duplicates = new Counter({
  name: 'inbox_duplicates_total',
  help: 'Events that came again and had no effect',
  labelNames: ['consumer'],
});
const parked = new Counter({ name: 'inbox_parked_total', help: 'Events parked', labelNames: ['consumer'] });

/** What a reader of the bus goes by; who drives a parked event again goes by nothing of it. */
export type Order = {
  /** Throws unless this process is still the one that reads. */
  fence: (tx: Tx) => Promise<void>;
  /** Whether an event waits for those between itself and `seen`, the last version of its record that was handled. */
  waits: (event: EventEnvelope, seen: number | undefined) => boolean;
};

const asService = <T>(service: string, event: EventEnvelope, work: () => Promise<T>): Promise<T> => {
  const caller = { ...serviceCaller(service), clock: new Date(event.time), ...(event.imported && { imported: true }) };
  return runIn(
    { caller, deadline: Date.now() + ACK_WAIT_MS, ...(event.traceparent && { traceparent: event.traceparent }) },
    work,
  );
};

/** Whether a missing version is one that is yet to come: a projection asks the owner instead, and who hears of some verbs only knows nothing of the others. */
const countsVersions = ({ subjects, repeatable }: Consumer): boolean =>
  !repeatable && subjects.length > 0 && subjects.every((subject) => subject.endsWith('.>'));

/** Of these, in their order, the events that do not wait for an earlier version of their record. Locks what is known of their records. */
const inTurn = async (
  tx: Tx,
  consumer: string,
  events: EventEnvelope[],
  waits: Order['waits'],
): Promise<EventEnvelope[]> => {
  const ids = [...new Set(events.map(({ subject }) => subject))];
  const { rows } = await sql<{ record_id: string; version: number }>`
    select record_id, version from inbox_record
    where consumer = ${consumer} and record_id = any(${ids}::uuid[]) order by record_id for update`.execute(tx.sql);
  const seen = new Map(rows.map(({ record_id: id, version }) => [id, version]));
  const due: EventEnvelope[] = [];
  const isEarly = (event: EventEnvelope): boolean => {
    const last = seen.get(event.subject);
    const version = Number(event.sequence);
    if (version > (last ?? 0) + 1 && waits(event, last)) return true;
    seen.set(event.subject, Math.max(version, last ?? 0));
    due.push(event);
    return false;
  };
  // What one of them waits for may stand behind it.
  for (let early = events, before = -1; before < due.length;) {
    before = due.length;
    early = early.filter(isEarly);
  }
  return due;
};

/** The consumer is through with these versions of their records; known with the commit. */
const pass = async (tx: Tx, consumer: string, events: Pick<EventEnvelope, 'subject' | 'sequence'>[]): Promise<void> => {
  await sql`${sql.raw(WITH_NEXT)}
    insert into inbox_record (consumer, record_id, version)
    select ${consumer}, record_id, max(version)
    from unnest(${events.map(({ subject }) => subject)}::uuid[], ${events.map(({ sequence }) => Number(sequence))}::int[]) as passed(record_id, version)
    group by record_id
    on conflict (consumer, record_id) do update set version = greatest(inbox_record.version, excluded.version)`.execute(
    tx.sql,
  );
};

/** The events of these that this consumer has not handled yet; remembers them, in their order, in the same transaction. */
const remember = async (tx: Tx, consumer: string, events: EventEnvelope[]): Promise<Set<string>> => {
  const { rows } = await sql<{ event_id: string }>`
    insert into inbox (consumer, event_id)
    select ${consumer}, id from unnest(${events.map(({ id }) => id)}::uuid[]) with ordinality as event(id, place) order by place
    on conflict do nothing returning event_id`.execute(tx.sql);
  return new Set(rows.map((row) => row.event_id));
};

/** The span that published each event, by the event's id. */
type Publishes = ReadonlyMap<string, string>;

const reactTo = async (
  service: string,
  consumer: Consumer,
  tx: Tx,
  events: EventEnvelope[],
  publishes: Publishes,
): Promise<void> => {
  const traced = (about: EventEnvelope[], work: () => Promise<void>) =>
    spanForBatch(
      `react ${consumer.name}`,
      about.map(({ traceparent }) => traceparent),
      work,
      SpanKind.CONSUMER,
      {},
      about.map(({ id }) => publishes.get(id)),
    );
  if ('reactAll' in consumer) {
    const { reactAll } = consumer;
    const last = events.at(-1);
    if (!last) return;
    await traced([last, ...events.slice(0, -1)], () => asService(service, last, () => reactAll(tx, events)));
    return;
  }
  for (const event of events) await traced([event], () => asService(service, event, () => consumer.react(tx, event)));
};

/**
 * Handles events in order in one transaction: all their effects and the memory of them, or nothing. Answers those that
 * wait for an earlier version of their record, of which nothing was done.
 */
export const handleBatch = async (
  { service, database }: { service: string; database: Database },
  consumer: Consumer,
  events: EventEnvelope[],
  publishes: Publishes = new Map(),
  order?: Order,
): Promise<EventEnvelope[]> => {
  const counts = countsVersions(consumer);
  const { fresh, due } = await database.transact(async (tx) => {
    await order?.fence(tx);
    const due = counts ? await inTurn(tx, consumer.name, events, order?.waits ?? (() => false)) : events;
    const fresh = await remember(tx, consumer.name, due);
    const once = new Set(fresh);
    // The same id may stand twice in one batch; `delete` is true only for the first.
    const news = due.filter(({ id }) => once.delete(id));
    await reactTo(service, consumer, tx, news, publishes);
    if (counts && news.length) await pass(tx, consumer.name, news);
    await step('inbox.handled');
    return { fresh, due };
  });
  await step('inbox.committed');
  handled.inc({ consumer: consumer.name }, fresh.size);
  duplicates.inc({ consumer: consumer.name }, due.length - fresh.size);
  return due.length < events.length ? events.filter((event) => !due.includes(event)) : [];
};

/** What can be said of an event, also of one that cannot be read otherwise. */
export type Place = { id: string | null; subject: string; sequence: string };

/** Nothing but what has the form that it should have; an empty subject when it stands nowhere. */
export const placeOf = (body: string): Place => {
  const nowhere = { id: null, subject: '', sequence: '0' };
  try {
    const { id, subject, sequence } = JSON.parse(body) as { [K in keyof Place]?: unknown };
    const named = typeof id === 'string' && isUuid(id) ? { ...nowhere, id } : nowhere;
    const placed = typeof subject === 'string' && isUuid(subject) && /^[1-9]\d{0,8}$/.test(String(sequence));
    return placed ? { ...named, subject, sequence: String(sequence) } : named;
  } catch {
    return nowhere;
  }
};

/** Puts an event aside with its reason; those that come after it of the same record go on without it. */
export const park = async (
  database: Database,
  consumer: Consumer,
  { body, subject, attempts, reason }: { body: string; subject: string; attempts: number; reason: string },
  { fence }: Pick<Order, 'fence'>,
): Promise<void> => {
  const place = placeOf(body);
  await database.transact(async (tx) => {
    await fence(tx);
    await sql`
      insert into parked_message (consumer, event_id, subject, reason, event, attempts)
      values (${consumer.name}, ${place.id}, ${subject}, ${storable(reason)}, ${storable(body)}, ${attempts})
      on conflict (consumer, event_id) do update set reason = excluded.reason, attempts = parked_message.attempts + 1`.execute(
      tx.sql,
    );
    if (place.subject && countsVersions(consumer)) await pass(tx, consumer.name, [place]);
  });
  parked.inc({ consumer: consumer.name });
};
