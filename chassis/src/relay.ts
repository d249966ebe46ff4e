import { createHash } from 'node:crypto';
import { headers as natsHeaders } from '@nats-io/transport-node';
import { sql } from 'kysely';
import { Counter, Gauge } from 'prom-client';
import { ensureStream, HEALED, type Broker } from './broker.ts';
import type { Database, Tx } from './database.ts';
import { leaseOn } from './lease.ts';
import type { Log } from './log.ts';
import type { Part } from './service.ts';
import { step } from './steps.ts';
import { activeTraceparent, spanForBatch, SpanKind } from './telemetry.ts';

const BATCH_MAX = 200;
/** Safety net; after a commit in this process the relay is nudged. */
const POLL_MS = 250;
const LEASE_MS = 5_000;
/** A stream that was lost while nothing was to be published is made again within this. */
const ENSURE_MS = 30_000;

const published = new Counter({ name: 'outbox_published_total', help: 'Events published from the outbox' });
const waiting = new Gauge({
  name: 'outbox_waiting',
  help: 'Events of the last batch read: 0 when the outbox is drained',
});

type Row = {
  seq: string;
  id: string;
  subject: string;
  body: string;
  traceparent: string | null;
  recorded_time: string;
};

type Options = { service: string; database: Database; broker: Broker; log: Log };

type Outgoing = Pick<Row, 'id' | 'subject' | 'body'>;
/** `duplicate`: the server knows the id already and stored nothing. */
type Stored = { seq: number; duplicate: boolean };

const publishOptions = (row: Outgoing, healed: boolean) => {
  const headers = natsHeaders();
  headers.set('Nats-Msg-Id', row.id);
  if (healed) headers.set(HEALED, '1');
  headers.set('content-type', 'application/cloudevents+json');
  // The event itself says which call it comes from; the header, which publish brought it.
  const traceparent = activeTraceparent();
  if (traceparent) headers.set('traceparent', traceparent);
  return { headers, timeout: 5_000 };
};

/**
 * All of the batch or nothing, in order. The server refuses a batch that holds an id it knows (a crash between publish
 * and mark): then one by one, where a known id is simply acknowledged.
 */
export const publish = async (broker: Broker, rows: Outgoing[], healed = false): Promise<Stored[]> => {
  const js = broker.js();
  const [first, ...rest] = rows;
  if (first && rest.length) {
    try {
      const batch = await js.startBatch(first.subject, first.body, publishOptions(first, healed));
      for (const row of rest.slice(0, -1)) batch.add(row.subject, row.body, publishOptions(row, healed));
      const last = rest.at(-1)!;
      const { seq } = await batch.commit(last.subject, last.body, publishOptions(last, healed));
      if (!seq) throw new Error('the batch was refused');
      return rows.map((_, index) => ({ seq: seq - rows.length + 1 + index, duplicate: false }));
    } catch {
      // Falls through to single publishes, which tell a duplicate from a failure.
    }
  }
  const stored: Stored[] = [];
  for (const row of rows) stored.push(await js.publish(row.subject, row.body, publishOptions(row, healed)));
  return stored;
};

/** h(n) = SHA-256(h(n-1) ‖ event): a later change of any event, or of their order, breaks every hash after it. */
export const chainHash = (previous: Buffer, body: string): Buffer =>
  createHash('sha256').update(previous).update(body).digest();

const mark = async (tx: Tx, service: string, epoch: bigint, rows: Row[], sequences: number[]): Promise<boolean> => {
  const { rows: held } =
    await sql`select 1 from lease where name = ${`relay:${service}`} and epoch = ${epoch.toString()}::bigint for update`.execute(
      tx.sql,
    );
  if (!held.length) return false;
  const { rows: heads } = await sql<{
    hash: Buffer;
  }>`select hash from audit_chain where name = ${service} for update`.execute(tx.sql);
  let hash = heads[0]?.hash ?? Buffer.alloc(32);
  const hashes = rows.map((row) => (hash = chainHash(hash, row.body)));
  await sql`
    update outbox set published_time = now(), stream_seq = done.stream_seq, hash = done.hash
    from (select * from unnest(${rows.map(({ seq }) => seq)}::bigint[], ${rows.map((row) => row.recorded_time)}::timestamptz[], ${sequences}::bigint[], ${hashes}::bytea[])
      as done(seq, recorded_time, stream_seq, hash)) done
    where outbox.seq = done.seq and outbox.recorded_time = done.recorded_time`.execute(tx.sql);
  await sql`
    insert into audit_chain (name, hash, length) values (${service}, ${hash}, ${rows.length})
    on conflict (name) do update set hash = excluded.hash, length = audit_chain.length + excluded.length`.execute(
    tx.sql,
  );
  return true;
};

/** Publishes one batch. True when there may be more. */
export const relayOnce = async ({ service, database, broker }: Options, epoch: bigint): Promise<boolean> => {
  const { rows } = await sql<Row>`
    select seq, id, subject, event::text as body, traceparent, recorded_time::text as recorded_time
    from outbox where published_time is null order by seq limit ${BATCH_MAX}`.execute(database.sql);
  waiting.set(rows.length);
  if (!rows.length) return false;
  const send = async () => {
    await step('relay.read');
    const places = await publish(broker, rows);
    await step('relay.published');
    return places;
  };
  const traces = rows.map(({ traceparent }) => traceparent);
  const stored = await spanForBatch('relay publish', traces, send, SpanKind.PRODUCER, {
    'messaging.system': 'nats',
    'messaging.batch.message_count': rows.length,
  });
  const sequences = stored.map(({ seq }) => seq);
  const marked = await database.transact((tx) => mark(tx, service, epoch, rows, sequences));
  await step('relay.marked');
  if (marked) published.inc(rows.length);
  return marked && rows.length === BATCH_MAX;
};

/** The relay of a service: one leader moves the outbox to the stream, per record in order. */
export const relay = (options: Options): Part => {
  const { service, database, broker, log } = options;
  const lease = leaseOn(database.sql, `relay:${service}`, LEASE_MS);
  let stopping = false;
  let running: Promise<void> = Promise.resolve();
  // A nudge that comes while a batch is under way must not be lost, or its event waits for the poll.
  let nudged = false;
  let wake = () => {};
  const nudge = () => {
    nudged = true;
    wake();
  };
  const pause = async () => {
    if (!nudged) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, POLL_MS);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    nudged = false;
  };
  const loop = async () => {
    let ensured = -Infinity;
    while (!stopping) {
      try {
        if (performance.now() - ensured > ENSURE_MS) {
          await ensureStream(broker, service);
          ensured = performance.now();
        }
        const epoch = await lease.hold();
        if (epoch !== undefined && (await relayOnce(options, epoch))) continue;
      } catch (error) {
        ensured = -Infinity;
        log.warn({ err: error }, 'relay will try again');
      }
      if (!stopping) await pause();
    }
    await lease.release().catch((error: unknown) => log.warn({ err: error }, 'lease not released'));
  };
  return {
    name: 'relay',
    start: async () => {
      database.onEvents(nudge);
      running = loop();
    },
    stop: async () => {
      stopping = true;
      nudge();
      await running;
    },
  };
};
