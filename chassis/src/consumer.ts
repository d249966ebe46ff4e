import { setTimeout as sleep } from 'node:timers/promises';
import { AckPolicy, DeliverPolicy, type ConsumerMessages, type JsMsg } from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import { sql } from 'kysely';
import { Counter, Gauge } from 'prom-client';
import { HEALED, streamOf, type Broker } from './broker.ts';
import { INBOX_DAYS, type Database, type Tx } from './database.ts';
import { readEnvelope } from './envelope.ts';
import { gather } from './gather.ts';
import { ACK_WAIT_MS, handleBatch, park, placeOf, type Order } from './inbox.ts';
import { fence, LeaseLost, leaseOn } from './lease.ts';
import type { Log } from './log.ts';
import { isOutage } from './outage.ts';
import type { EventEnvelope } from './outbox.ts';
import { Problem } from './problem.ts';
import type { Part } from './service.ts';
import { openTurns, type Turn } from './turns.ts';

const BATCH_MAX = 200;
/** An event that fails this often is parked with its reason; while something is away, it stops the others no longer. */
const ATTEMPTS_MAX = 5;
const BACKOFF_MS = [500, 2_000, 5_000, 15_000];
/** How often it is seen whether what an event waits for has come. */
const TURN_MS = 1_000;
/** The reconciler puts back what a stream lost in less than this. */
const HEALED_WITHIN_MS = 20 * 60_000;
/** How long another process waits when the one that reads has died. */
const LEASE_MS = 5_000;

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
  /** Subjects, of one noun with a wildcard for its verbs: who takes only some cannot tell a version that was lost from one of another verb. */
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
type Reading = Options & {
  consumer: Consumer;
  turns: ReturnType<typeof openTurns>;
  fence: Order['fence'];
  /** Since when this consumer counts versions. */
  began: number;
};

/** A message with what it says; what cannot be read carries the reason. */
type Arrival = Turn & { message: JsMsg } & ({ event: EventEnvelope } | { event?: never; fault: unknown });

const arrivalOf = (message: JsMsg): Arrival => {
  const { seq } = message;
  try {
    const event = readEnvelope(message.string());
    return { message, seq, record: event.subject, version: Number(event.sequence), event };
  } catch (fault) {
    const { subject, sequence } = placeOf(message.string());
    return { message, seq, record: subject, version: Number(sequence), fault };
  }
};

/** Put back into the stream so late that nobody can say whether it had its effect. */
const beyondMemory = (message: JsMsg, { recordedtime }: EventEnvelope): boolean =>
  Boolean(message.headers?.has(HEALED)) && Date.now() - Date.parse(recordedtime) > INBOX_DAYS * 86_400_000;

/** When a record was made: its id tells (uuid of version 7). */
const madeAt = (id: string): number => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);

const putOff = ({ turns }: Reading, arrival: Arrival, ms: number): void => {
  turns.wait(arrival);
  arrival.message.nak(ms);
};

/** Those of the arrivals that wait for no earlier version; the others come again. */
const whoseTurn = (reading: Reading, arrivals: Arrival[]): Arrival[] =>
  arrivals.filter((arrival) => {
    const isUp = reading.turns.isUp(arrival);
    if (!isUp) putOff(reading, arrival, TURN_MS);
    return isUp;
  });

const handleAll = async (reading: Reading, arrivals: Arrival[]): Promise<void> => {
  const { consumer, turns, began } = reading;
  const told = new Map<EventEnvelope, Arrival>();
  for (const arrival of arrivals) {
    if (!arrival.event) throw arrival.fault;
    told.set(arrival.event, arrival);
  }
  const events = [...told.keys()];
  const publishes = new Map(
    events.map((event) => [event.id, told.get(event)!.message.headers?.get('traceparent') ?? '']),
  );
  const due = consumer.repeatable ? events : events.filter((event) => !beyondMemory(told.get(event)!.message, event));
  if (due.length < events.length) skipped.inc({ consumer: consumer.name }, events.length - due.length);
  const waits: Order['waits'] = (event, seen) =>
    // Of a record that is older than the consumer, the stream may hold the first versions no longer.
    (seen !== undefined || madeAt(event.subject) > began) && turns.waitedMs(told.get(event)!.seq) < HEALED_WITHIN_MS;
  const early = due.length ? await handleBatch(reading, consumer, due, publishes, { ...reading, waits }) : [];
  for (const event of early) putOff(reading, told.get(event)!, TURN_MS);
  for (const arrival of arrivals) {
    if (early.includes(arrival.event!)) continue;
    turns.over(arrival);
    arrival.message.ack();
  }
};

/** One message by itself, after its batch failed: what stands in the way is found and the rest goes on. */
const handleOne = async (reading: Reading, arrival: Arrival): Promise<void> => {
  const { consumer, database, log, turns } = reading;
  const { message } = arrival;
  try {
    await handleAll(reading, [arrival]);
  } catch (error) {
    if (error instanceof LeaseLost) throw error;
    const count = turns.failed(arrival.seq);
    // A message is given up for what is wrong with it, and never because something was away when it came.
    const outage = isOutage(error);
    if (outage && count < ATTEMPTS_MAX) throw error;
    const refusedForGood = error instanceof Problem && !outage;
    if (outage || (!refusedForGood && count < ATTEMPTS_MAX)) {
      log.warn({ err: error, consumer: consumer.name, subject: message.subject }, 'event will be tried again');
      putOff(reading, arrival, BACKOFF_MS[count - 1] ?? BACKOFF_MS.at(-1)!);
      return;
    }
    log.error({ err: error, consumer: consumer.name, subject: message.subject }, 'event parked');
    const reason = (error as Error).message;
    const { subject } = message;
    await park(database, consumer, { body: message.string(), subject, attempts: count, reason }, reading);
    turns.over(arrival);
    message.term();
  }
};

const handleMessages = async (reading: Reading, messages: JsMsg[]): Promise<void> => {
  const arrivals = whoseTurn(reading, messages.map(arrivalOf));
  try {
    await handleAll(reading, arrivals);
  } catch (error) {
    reading.log.debug({ err: error, consumer: reading.consumer.name }, 'batch failed, one by one');
    for (const arrival of arrivals) for (const next of whoseTurn(reading, [arrival])) await handleOne(reading, next);
  }
};

/** Makes the durable consumer, and has what it gave out and nobody acknowledged given out again, in the order of the stream. */
const openConsumer = async (broker: Broker, { name, from, subjects }: Consumer) => {
  const jsm = await broker.jsm();
  const stream = streamOf(from);
  const config = {
    durable_name: name,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    ack_wait: nanos(ACK_WAIT_MS),
    max_ack_pending: BATCH_MAX * 2,
    max_deliver: -1,
    filter_subjects: subjects,
  };
  await jsm.consumers.add(stream, config).catch((error: Error) => {
    // An earlier release had other subjects or limits.
    if (!/already exists/i.test(error.message)) throw error;
    return jsm.consumers.update(stream, name, config);
  });
  await jsm.consumers.reset(stream, name);
  return broker.js().consumers.get(stream, name);
};

const beganAt = async ({ sql: db }: Database, consumer: string): Promise<number> => {
  const { rows } = await sql<{ ms: string }>`
    insert into inbox_consumer (consumer) values (${consumer})
    on conflict (consumer) do update set consumer = excluded.consumer returning extract(epoch from begin_time) * 1000 as ms`.execute(
    db,
  );
  return Number(rows[0]!.ms);
};

/**
 * Reads one durable consumer for ever: a batch, its effects in one transaction, acknowledged after the commit. One process
 * at a time does, under a lease. From a reset on, deliveries are numbered from 1: a number that is missing went to somebody else
 * or got lost, and would be overtaken by what follows, so all of it is asked for again.
 */
export const consume = (options: Options, consumer: Consumer): Part => {
  const { broker, database, log } = options;
  const lease = leaseOn(database.sql, `consumer:${consumer.name}`, LEASE_MS);
  const turns = openTurns();
  const stopping = new AbortController();
  let running: Promise<void> = Promise.resolve();
  let messages: ConsumerMessages | undefined;
  let failures = 0;
  const read = async (epoch: bigint) => {
    await consumer.prepare?.();
    const began = await beganAt(database, consumer.name);
    const source = await openConsumer(broker, consumer);
    turns.begin();
    const reading: Reading = {
      ...{ ...options, consumer, turns, began },
      fence: (tx) => fence(tx, `consumer:${consumer.name}`, epoch),
    };
    messages = await source.consume({ max_messages: BATCH_MAX * 2, expires: 10_000, abort_on_missing_resource: true });
    let delivered = 0;
    for await (const batch of gather(messages, BATCH_MAX)) {
      if (stopping.signal.aborted) return;
      pending.set({ consumer: consumer.name }, batch.at(-1)!.info.pending);
      for (const { info } of batch)
        if (info.deliverySequence !== (delivered += 1)) throw new Error('An event went elsewhere or got lost.');
      await handleMessages(reading, batch);
      failures = 0;
    }
  };
  /** Reads as long as the lease is held. */
  const lead = async (epoch: bigint) => {
    const keep = async () => {
      const held = await lease.hold().catch(() => epoch);
      if (held !== epoch) messages?.stop();
    };
    const keeping = setInterval(() => void keep(), LEASE_MS / 4);
    try {
      await read(epoch);
    } finally {
      clearInterval(keeping);
      messages?.stop();
    }
  };
  const loop = async () => {
    while (!stopping.signal.aborted) {
      try {
        const epoch = await lease.hold();
        if (epoch !== undefined) await lead(epoch);
      } catch (error) {
        if (stopping.signal.aborted) break;
        failures += 1;
        log.warn({ err: error, consumer: consumer.name }, 'consumer will try again');
      }
      const ms = failures ? (BACKOFF_MS[failures - 1] ?? BACKOFF_MS[2]!) : 1_000;
      await sleep(ms, undefined, { signal: stopping.signal }).catch(() => {});
    }
    await lease.release().catch((error: unknown) => log.warn({ err: error }, 'lease not released'));
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
