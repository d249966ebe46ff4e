import { setTimeout as sleep } from 'node:timers/promises';
import { AckPolicy, DeliverPolicy, type ConsumerMessages, type JsMsg } from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import { isUuid } from '@pelagic/proto/formats';
import { sql } from 'kysely';
import { Counter, Gauge } from 'prom-client';
import { HEALED, streamOf, type Broker } from './broker.ts';
import { serviceCaller } from './caller.ts';
import { runIn } from './context.ts';
import { INBOX_DAYS, type Database, type Tx } from './database.ts';
import { readEnvelope, storable } from './envelope.ts';
import { gather } from './gather.ts';
import type { Log } from './log.ts';
import { isOutage } from './outage.ts';
import type { EventEnvelope } from './outbox.ts';
import { Problem } from './problem.ts';
import type { Part } from './service.ts';
import { step } from './steps.ts';
import { spanForBatch, SpanKind } from './telemetry.ts';

const BATCH_MAX = 200;
const ACK_WAIT_MS = 30_000;
/** A message that fails this often is parked with its reason. */
const ATTEMPTS_MAX = 5;
const BACKOFF_MS = [500, 2_000, 5_000, 15_000];

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
const skipped = new Counter({
  name: 'inbox_skipped_total',
  help: 'Healed events older than the inbox remembers',
  labelNames: ['consumer'],
});
const pending = new Gauge({ name: 'inbox_pending', help: 'Events that wait in the stream', labelNames: ['consumer'] });

/** What a service does when others report something; runs in the transaction that also remembers the event. */
export type Reaction = (tx: Tx, event: EventEnvelope) => Promise<void>;

export type Consumer = {
  /** Durable name; says who and why: customer_opportunity-subjects. The bus lets through what the process's entry in deploy names. */
  name: string;
  /** Service whose stream is read. */
  from: string;
  /** Subjects, of one noun with a wildcard for its verbs: a projection that took only some would see gaps. */
  subjects: string[];
  /** What was applied once has no effect again, whatever the inbox remembers: a projection goes by versions. */
  repeatable?: true;
  /** Runs before the first message, again until it succeeds: a projection's bootstrap. */
  prepare?: () => Promise<void>;
} & (
  | { react: Reaction }
  /** To all of a batch at once, in their order, where that is cheaper. */
  | { reactAll: (tx: Tx, events: EventEnvelope[]) => Promise<void> }
);

type Options = { service: string; database: Database; broker: Broker; log: Log };

const readEvent = (message: JsMsg): EventEnvelope => readEnvelope(message.string());

const asService = <T>(service: string, event: EventEnvelope, work: () => Promise<T>): Promise<T> => {
  const caller = { ...serviceCaller(service), clock: new Date(event.time), ...(event.imported && { imported: true }) };
  return runIn(
    { caller, deadline: Date.now() + ACK_WAIT_MS, ...(event.traceparent && { traceparent: event.traceparent }) },
    work,
  );
};

/** The events of these that this consumer has not handled yet; remembers them in the same transaction. */
const remember = async (tx: Tx, consumer: string, events: EventEnvelope[]): Promise<Set<string>> => {
  const { rows } = await sql<{ event_id: string }>`
    insert into inbox (consumer, event_id) select ${consumer}, unnest(${events.map(({ id }) => id)}::uuid[]) on conflict do nothing returning event_id`.execute(
    tx.sql,
  );
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

/** Handles events in order in one transaction: all their effects and the memory of them, or nothing. */
export const handleBatch = async (
  { service, database }: Pick<Options, 'service' | 'database'>,
  consumer: Consumer,
  events: EventEnvelope[],
  publishes: Publishes = new Map(),
): Promise<void> => {
  const fresh = await database.transact(async (tx) => {
    const fresh = await remember(tx, consumer.name, events);
    const once = new Set(fresh);
    // The same id may stand twice in one batch; `delete` is true only for the first.
    await reactTo(
      service,
      consumer,
      tx,
      events.filter(({ id }) => once.delete(id)),
      publishes,
    );
    await step('inbox.handled');
    return fresh;
  });
  await step('inbox.committed');
  handled.inc({ consumer: consumer.name }, fresh.size);
  duplicates.inc({ consumer: consumer.name }, events.length - fresh.size);
};

/** The id of what cannot be read otherwise; null when it has none. */
const idIn = (body: string): string | null => {
  try {
    const { id } = JSON.parse(body) as { id?: unknown };
    return typeof id === 'string' && isUuid(id) ? id : null;
  } catch {
    return null;
  }
};

const park = async ({ database }: Options, consumer: Consumer, message: JsMsg, error: unknown): Promise<void> => {
  const body = message.string();
  await sql`
    insert into parked_message (consumer, event_id, subject, reason, event, attempts)
    values (${consumer.name}, ${idIn(body)}, ${message.subject}, ${storable((error as Error).message)}, ${storable(body)}, ${message.info.deliveryCount})
    on conflict (consumer, event_id) do update set reason = excluded.reason, attempts = parked_message.attempts + 1`.execute(
    database.sql,
  );
  parked.inc({ consumer: consumer.name });
};

/** Put back into the stream so late that nobody can say whether it had its effect. */
const beyondMemory = (message: JsMsg, { recordedtime }: EventEnvelope): boolean =>
  Boolean(message.headers?.has(HEALED)) && Date.now() - Date.parse(recordedtime) > INBOX_DAYS * 86_400_000;

const handleAll = async (options: Options, consumer: Consumer, messages: JsMsg[]): Promise<void> => {
  const events = messages.map(readEvent);
  const publishes = new Map(events.map(({ id }, at) => [id, messages[at]!.headers?.get('traceparent') ?? '']));
  const due = consumer.repeatable ? events : events.filter((event, at) => !beyondMemory(messages[at]!, event));
  if (due.length < events.length) skipped.inc({ consumer: consumer.name }, events.length - due.length);
  if (due.length) await handleBatch(options, consumer, due, publishes);
  for (const message of messages) message.ack();
};

/** One message by itself, after its batch failed: what stands in the way is found and the rest goes on. */
const handleOne = async (options: Options, consumer: Consumer, message: JsMsg): Promise<void> => {
  try {
    await handleAll(options, consumer, [message]);
  } catch (error) {
    // A message is given up for what is wrong with it, and never because something was away when it came.
    const outage = isOutage(error);
    const refusedForGood = error instanceof Problem && !outage;
    if (outage || (!refusedForGood && message.info.deliveryCount < ATTEMPTS_MAX)) {
      options.log.warn({ err: error, consumer: consumer.name, subject: message.subject }, 'event will be tried again');
      message.nak(BACKOFF_MS[message.info.deliveryCount - 1] ?? BACKOFF_MS.at(-1)!);
      return;
    }
    options.log.error({ err: error, consumer: consumer.name, subject: message.subject }, 'event parked');
    await park(options, consumer, message, error);
    message.term();
  }
};

const handleMessages = async (options: Options, consumer: Consumer, messages: JsMsg[]): Promise<void> => {
  try {
    await handleAll(options, consumer, messages);
  } catch (error) {
    options.log.debug({ err: error, consumer: consumer.name }, 'batch failed, one by one');
    for (const message of messages) await handleOne(options, consumer, message);
  }
};

const ensureConsumer = async (broker: Broker, { name, from, subjects }: Consumer) => {
  const jsm = await broker.jsm();
  await jsm.consumers.add(streamOf(from), {
    durable_name: name,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    ack_wait: nanos(ACK_WAIT_MS),
    max_ack_pending: BATCH_MAX * 2,
    max_deliver: -1,
    filter_subjects: subjects,
  });
  return broker.js().consumers.get(streamOf(from), name);
};

/** Reads one durable consumer for ever: a batch, its effects in one transaction, acknowledged after the commit. */
export const consume = (options: Options, consumer: Consumer): Part => {
  const { broker, log } = options;
  const stopping = new AbortController();
  let running: Promise<void> = Promise.resolve();
  let messages: ConsumerMessages | undefined;
  const read = async () => {
    await consumer.prepare?.();
    const source = await ensureConsumer(broker, consumer);
    messages = await source.consume({ max_messages: BATCH_MAX * 2, expires: 10_000, abort_on_missing_resource: true });
    if (stopping.signal.aborted) return;
    for await (const batch of gather(messages, BATCH_MAX)) {
      pending.set({ consumer: consumer.name }, batch.at(-1)!.info.pending);
      await handleMessages(options, consumer, batch);
      if (stopping.signal.aborted) return;
    }
  };
  const loop = async () => {
    while (!stopping.signal.aborted) {
      try {
        await read();
      } catch (error) {
        if (stopping.signal.aborted) return;
        log.warn({ err: error, consumer: consumer.name }, 'consumer will try again');
      }
      await sleep(1_000, undefined, { signal: stopping.signal }).catch(() => {});
    }
  };
  return {
    name: `consumer ${consumer.name}`,
    start: async () => {
      running = loop();
    },
    stop: async () => {
      stopping.abort();
      messages?.stop();
      await running;
    },
  };
};
