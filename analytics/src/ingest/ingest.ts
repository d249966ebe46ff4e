import { setTimeout as sleep } from 'node:timers/promises';
import { context, propagation, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { streamOf, type Broker } from '@pelagic/chassis/broker';
import type { Database } from '@pelagic/chassis/database';
import { leaseOn } from '@pelagic/chassis/lease';
import type { Log } from '@pelagic/chassis/log';
import type { EventEnvelope } from '@pelagic/chassis/outbox';
import type { Part } from '@pelagic/chassis/service';
import { step } from '@pelagic/chassis/steps';
import { Counter } from 'prom-client';
import type { LiveDirectory } from '../directory/directory.ts';
import type { Engine } from '../engine/engine.ts';
import type { FreshnessKeeper } from './freshness.ts';
import { LeaseLost, manifestOf, tokenOf, type Batch } from './manifest.ts';
import { park, type Unreadable } from './parked.ts';
import { idOfMessage, parseEvent, readRange, streamState, type Message } from './read.ts';
import { alarm } from './wake.ts';
import { writeFacts, writeLog, type Incoming } from './write.ts';

const BATCH_MAX = 2_000;
/** Batches begin at least this far apart: each makes new parts, which merges must keep up with. */
const SPACING_MS = 150;
/** Safety net for a wake-up that was missed. */
const POLL_MS = 1_000;
const RETRY_MS = 1_000;
const LEASE_MS = 5_000;
const LEASE = 'ingest';
/** Links of a span to the other events of its batch. */
const LINKS_MAX = 20;

const ingested = new Counter({ name: 'ingest_events_total', help: 'Events counted', labelNames: ['stream'] });
const duplicates = new Counter({
  name: 'ingest_duplicates_total',
  help: 'Events that came twice in one batch and were counted once',
  labelNames: ['stream'],
});
const unreadable = new Counter({ name: 'ingest_parked_total', help: 'Events parked', labelNames: ['stream'] });

export type IngestOptions = {
  engine: Engine;
  database: Database;
  broker: Broker;
  directory: LiveDirectory;
  freshness: FreshnessKeeper;
  log: Log;
  /** Whose streams are read. The first is read to its end before the others begin: dates need the enterprise's zone. */
  services: string[];
};

const parseAll = (batch: Batch, messages: Message[]): { incoming: Incoming[]; bad: Unreadable[]; events: number } => {
  const byId = new Map<string, Incoming>();
  const bad: Unreadable[] = [];
  for (const { seq, subject, body } of messages) {
    try {
      const event = parseEvent(body);
      byId.set(event.id, byId.get(event.id) ?? { event, body, streamSeq: seq });
    } catch (error) {
      bad.push({
        eventId: idOfMessage(batch.stream, batch.streamCreated, seq),
        subject,
        body,
        reason: (error as Error).message,
      });
    }
  }
  return { incoming: [...byId.values()], bad, events: messages.length - bad.length };
};

/** The insert as part of the trace of the first event that has one, linked to those of the others. */
const traced = async (events: EventEnvelope[], work: () => Promise<void>): Promise<void> => {
  const contexts = [...new Set(events.map(({ traceparent }) => traceparent))].filter(
    (traceparent) => traceparent !== undefined,
  );
  const parents = contexts.slice(0, LINKS_MAX).map((traceparent) => propagation.extract(ROOT_CONTEXT, { traceparent }));
  const links = parents
    .slice(1)
    .flatMap((parent) => trace.getSpanContext(parent) ?? [])
    .map((linked) => ({ context: linked }));
  const attributes = { 'db.system.name': 'clickhouse', 'db.operation.batch.size': events.length };
  await trace
    .getTracer('pelagic')
    .startActiveSpan(
      'clickhouse insert',
      { kind: SpanKind.CLIENT, links, attributes },
      parents[0] ?? context.active(),
      async (span) => {
        try {
          await work();
        } finally {
          span.end();
        }
      },
    );
};

export type Ingest = Part & {
  caughtUp: () => boolean;
  /** Runs work while no batch is being written. */
  pausedFor: <T>(work: () => Promise<T>) => Promise<T>;
};

export const ingest = (options: IngestOptions): Ingest => {
  const { engine, database, broker, directory, freshness, log, services } = options;
  const manifest = manifestOf(database, LEASE);
  const lease = leaseOn(database.sql, LEASE, LEASE_MS);
  const stop = new AbortController();
  const wakes = services.map(() => alarm());
  const caught = new Set<string>();
  let epoch: bigint | undefined;
  let running: Promise<unknown> = Promise.resolve();
  let turn: Promise<unknown> = Promise.resolve();

  /** One at a time: the streams take turns at the tables that they share. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work);
    turn = mine.catch(() => undefined);
    return mine;
  };

  const write = async (batch: Batch, messages: Message[], held: bigint): Promise<void> => {
    const { incoming, bad, events } = parseAll(batch, messages);
    const token = (table: string): string => tokenOf(batch, table);
    await traced(
      incoming.map(({ event }) => event),
      async () => {
        await writeLog(engine, incoming, token);
        await step('ingest.logged');
        const refused = await writeFacts(engine, directory, incoming, token);
        bad.push(
          ...refused.map(({ event, body, reason }) => ({ eventId: event.id, subject: event.type, body, reason })),
        );
      },
    );
    await park(database, bad);
    await step('ingest.inserted');
    await manifest.close(held, batch);
    await step('ingest.done');
    freshness.counted(incoming.map(({ event }) => event));
    ingested.inc({ stream: batch.stream }, incoming.length);
    duplicates.inc({ stream: batch.stream }, events - incoming.length);
    unreadable.inc({ stream: batch.stream }, bad.length);
    for (const { subject, reason } of bad) log.error({ subject, reason }, 'event parked');
  };

  /** Where each stream has been read to, under one lease: nobody else can have moved it. */
  const reached = new Map<string, { created: string; epoch: bigint; position: number }>();

  /** What a crash left half done, with the same edges and so the same tokens. */
  const finish = async (stream: string, created: string, held: bigint): Promise<void> => {
    for (const batch of await manifest.unfinished(stream, created)) {
      const messages = await readRange(broker, stream, batch.firstSeq, batch.lastSeq, Infinity);
      log.info({ ...batch, messages: messages.length }, 'batch finished after an interruption');
      await write(batch, messages, held);
    }
  };

  /** One batch. False when the stream holds nothing new, or is not there yet. */
  const advance = async (stream: string, held: bigint): Promise<boolean> => {
    const state = await streamState(broker, stream);
    if (!state) return false;
    const known = reached.get(stream);
    const current = known?.created === state.created && known.epoch === held;
    if (!current) await finish(stream, state.created, held);
    const position = current ? known.position : await manifest.position(stream, state.created);
    reached.set(stream, { created: state.created, epoch: held, position });
    freshness.pending(stream, Math.max(0, state.lastSeq - Math.max(position, state.firstSeq - 1)));
    const messages = await readRange(broker, stream, Math.max(position + 1, state.firstSeq), state.lastSeq, BATCH_MAX);
    if (!messages.length) {
      caught.add(stream);
      return false;
    }
    const batch: Batch = {
      stream,
      streamCreated: state.created,
      firstSeq: messages[0]!.seq,
      lastSeq: messages.at(-1)!.seq,
      heal: 0,
    };
    // Forgotten until the batch is done: a failure in between is found again in the manifest.
    reached.delete(stream);
    await manifest.open(held, batch);
    await step('ingest.manifest');
    await write(batch, messages, held);
    reached.set(stream, { created: state.created, epoch: held, position: batch.lastSeq });
    freshness.pending(stream, Math.max(0, state.lastSeq - batch.lastSeq));
    return true;
  };

  const follow = async (stream: string, wake: ReturnType<typeof alarm>, until: () => boolean): Promise<void> => {
    while (!stop.signal.aborted && !until()) {
      const began = performance.now();
      try {
        if (epoch === undefined) throw new LeaseLost();
        const held = epoch;
        const more = await inTurn(() => advance(stream, held));
        if (caught.has(stream)) await wake.listen(broker, stream);
        if (!more && !until()) await wake.wait(POLL_MS);
        const rest = SPACING_MS - (performance.now() - began);
        if (more && rest > 0) await sleep(rest, undefined, { signal: stop.signal }).catch(() => undefined);
      } catch (error) {
        if (stop.signal.aborted) return;
        if (!(error instanceof LeaseLost)) log.warn({ err: error, stream }, 'ingest will try again');
        await wake.wait(RETRY_MS);
      }
    }
  };

  const keepLease = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      await sleep(LEASE_MS / 4, undefined, { signal: stop.signal }).catch(() => undefined);
      if (!stop.signal.aborted) epoch = await lease.hold().catch(() => undefined);
    }
    await lease.release().catch((error: unknown) => log.warn({ err: error }, 'lease not released'));
  };

  const run = async (): Promise<void> => {
    const [first, ...others] = services.map(streamOf);
    await follow(first!, wakes[0]!, () => caught.has(first!));
    await Promise.all([first!, ...others].map((stream, index) => follow(stream, wakes[index]!, () => false)));
  };

  return {
    name: 'ingest',
    caughtUp: () => caught.size === services.length,
    pausedFor: inTurn,
    start: async () => {
      epoch = await lease.hold();
      running = Promise.all([keepLease(), run()]);
    },
    stop: async () => {
      stop.abort();
      for (const wake of wakes) wake.ring();
      await running;
      await Promise.all(wakes.map((wake) => wake.close()));
    },
  };
};
