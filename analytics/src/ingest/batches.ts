import type { Broker } from '@pelagic/chassis/broker';
import type { Database } from '@pelagic/chassis/database';
import type { Log } from '@pelagic/chassis/log';
import type { EventEnvelope } from '@pelagic/chassis/outbox';
import { step } from '@pelagic/chassis/steps';
import { spanForBatch, SpanKind } from '@pelagic/chassis/telemetry';
import { Counter } from 'prom-client';
import type { LiveDirectory } from '../directory/directory.ts';
import type { Engine } from '../engine/engine.ts';
import type { FreshnessKeeper } from './freshness.ts';
import { manifestOf, tokenOf, type Batch } from './manifest.ts';
import { park, type Unreadable } from './parked.ts';
import { idOfMessage, parseEvent, readRange, streamState, type Message } from './read.ts';
import { writeFacts, writeLog, type Incoming } from './write.ts';

/** Messages of one batch. */
export const BATCH_MAX = 2_000;
/** Of a stream that is far behind: fewer inserts, and records that changed often are folded less often. */
const CATCH_UP_MAX = 5_000;
const FAR_BEHIND = 10_000;
/** Of messages of one batch: the embedded engine reads an insert with some thirty times its memory, of which it has 400 MB. */
const BYTES_MAX = 8_000_000;

const ingested = new Counter({ name: 'ingest_events_total', help: 'Events counted', labelNames: ['stream'] });
const duplicates = new Counter({
  name: 'ingest_duplicates_total',
  help: 'Events that came twice in one batch and were counted once',
  labelNames: ['stream'],
});
const unreadable = new Counter({ name: 'ingest_parked_total', help: 'Events parked', labelNames: ['stream'] });

export type BatchOptions = {
  engine: Engine;
  database: Database;
  broker: Broker;
  directory: LiveDirectory;
  freshness: FreshnessKeeper;
  log: Log;
  /** Whoever holds this lease writes. */
  lease: string;
};

const parseAll = (batch: Batch, messages: Message[]): { incoming: Incoming[]; bad: Unreadable[]; events: number } => {
  const byId = new Map<string, Incoming>();
  const bad: Unreadable[] = [];
  for (const { seq, subject, body } of messages) {
    try {
      const event = parseEvent(body);
      byId.set(event.id, byId.get(event.id) ?? { event, body, streamSeq: seq });
    } catch (error) {
      const eventId = idOfMessage(batch.stream, batch.streamCreated, seq);
      bad.push({ eventId, subject, body, reason: (error as Error).message });
    }
  }
  return { incoming: [...byId.values()], bad, events: messages.length - bad.length };
};

/** The insert as part of the trace of the first event that has one, linked to those of the others and to what published them. */
const traced = (events: EventEnvelope[], messages: Message[], work: () => Promise<void>): Promise<void> =>
  spanForBatch(
    'clickhouse insert',
    events.map(({ traceparent }) => traceparent),
    work,
    SpanKind.CLIENT,
    { 'db.system.name': 'clickhouse', 'db.operation.batch.size': events.length },
    messages.map(({ traceparent }) => traceparent),
  );

/** Batches of a stream: fixed edges, written down first, inserted under a token made of them, then done. */
export const batchesOf = ({ engine, database, broker, directory, freshness, log, lease }: BatchOptions) => {
  const manifest = manifestOf(database, lease);
  /** Where each stream has been read to, under one epoch of the lease: nobody else can have moved it. */
  const reached = new Map<string, { created: string; epoch: bigint; position: number }>();

  const write = async (batch: Batch, messages: Message[], epoch: bigint): Promise<void> => {
    const { incoming, bad, events } = parseAll(batch, messages);
    const token = (table: string): string => tokenOf(batch, table);
    const told = incoming.map(({ event }) => event);
    await traced(told, messages, async () => {
      await writeLog(engine, incoming, token);
      await step('ingest.logged');
      const refused = await writeFacts(engine, directory, incoming, token);
      bad.push(
        ...refused.map(({ event: { id, type }, body, reason }) => ({ eventId: id, subject: type, body, reason })),
      );
    });
    await park(database, bad);
    await step('ingest.inserted');
    await manifest.close(epoch, batch);
    await step('ingest.done');
    if (!batch.heal) freshness.counted(told);
    ingested.inc({ stream: batch.stream }, incoming.length);
    duplicates.inc({ stream: batch.stream }, events - incoming.length);
    unreadable.inc({ stream: batch.stream }, bad.length);
    for (const { subject, reason } of bad) log.error({ subject, reason }, 'event parked');
  };

  /** Writes the edges of what was read down, then what was read. */
  const begin = async (
    stream: string,
    created: string,
    heal: number,
    messages: Message[],
    epoch: bigint,
  ): Promise<number> => {
    const [firstSeq, lastSeq] = [messages[0]!.seq, messages.at(-1)!.seq];
    const batch: Batch = { stream, streamCreated: created, firstSeq, lastSeq, heal };
    await manifest.open(epoch, batch);
    await step('ingest.manifest');
    await write(batch, messages, epoch);
    return lastSeq;
  };

  /** What a crash left half done, with the same edges and so the same tokens. */
  const finish = async (stream: string, created: string, epoch: bigint): Promise<void> => {
    for (const batch of await manifest.unfinished(stream, created)) {
      const messages = await readRange(broker, stream, batch.firstSeq, batch.lastSeq);
      log.info({ ...batch, messages: messages.length }, 'batch finished after an interruption');
      await write(batch, messages, epoch);
    }
  };

  /** Where to read on, after what was interrupted is finished. */
  const positionIn = async (stream: string, created: string, epoch: bigint): Promise<number> => {
    const known = reached.get(stream);
    if (known?.created === created && known.epoch === epoch) return known.position;
    await finish(stream, created, epoch);
    const position = await manifest.position(stream, created);
    reached.set(stream, { created, epoch, position });
    return position;
  };

  return {
    /** One batch: its messages, 0 when the stream holds nothing new; undefined when it is not there yet. */
    advance: async (stream: string, epoch: bigint): Promise<number | undefined> => {
      const state = await streamState(broker, stream);
      if (!state) return undefined;
      const { created, firstSeq, lastSeq } = state;
      const position = await positionIn(stream, created, epoch);
      freshness.pending(stream, Math.max(0, lastSeq - Math.max(position, firstSeq - 1)));
      const room = { messages: lastSeq - position > FAR_BEHIND ? CATCH_UP_MAX : BATCH_MAX, bytes: BYTES_MAX };
      const messages = await readRange(broker, stream, Math.max(position + 1, firstSeq), lastSeq, room);
      if (!messages.length) return 0;
      // Forgotten until the batch is done: a failure in between is found again in the manifest.
      reached.delete(stream);
      const last = await begin(stream, created, 0, messages, epoch);
      reached.set(stream, { created, epoch, position: last });
      freshness.pending(stream, lastSeq - last);
      return messages.length;
    },

    /** The last sequence of a stream that is counted; 0 when the stream is not there. */
    reached: async (stream: string): Promise<number> => {
      const state = await streamState(broker, stream);
      return state ? manifest.done(stream, state.created) : 0;
    },

    /** All streams are read from their beginnings again. */
    forget: async (): Promise<void> => {
      await manifest.forget();
      reached.clear();
    },

    /** Reads again all that a stream still holds and that was counted: mends what ClickHouse lost. Answers the number. */
    reread: async (stream: string, epoch: bigint): Promise<number> => {
      const state = await streamState(broker, stream);
      if (!state) return 0;
      const position = await positionIn(stream, state.created, epoch);
      const heal = await manifest.nextHeal(stream, state.created);
      let count = 0;
      for (let next = state.firstSeq; next <= position;) {
        const messages = await readRange(broker, stream, next, position, { messages: BATCH_MAX, bytes: BYTES_MAX });
        if (!messages.length) break;
        next = (await begin(stream, state.created, heal, messages, epoch)) + 1;
        count += messages.length;
      }
      return count;
    },
  };
};
