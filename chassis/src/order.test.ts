import { setTimeout as sleep } from 'node:timers/promises';
import { AckPolicy } from '@nats-io/jetstream';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { ensureStream, openBroker, type Broker } from './broker.ts';
import { consume, type Consumer, type Reaction } from './consumer.ts';
import { openDatabase, type Database, type Tx } from './database.ts';
import { handleBatch } from './inbox.ts';
import { createLog } from './log.ts';
import { uuidv7, type EventEnvelope } from './outbox.ts';
import { Problem } from './problem.ts';
import { publish } from './relay.ts';
import type { Part } from './service.ts';
import { testBus, testDatabase, type TestBus, type TestDatabase } from './testing/engines.ts';

/** Each test is a way in which a later version of a record would overtake an earlier one. */
const log = createLog('test', 'fatal');
const SUBJECT = 'crm.customer.lead.updated.v1';
let bus: TestBus;
let home: TestDatabase;
let database: Database;
let broker: Broker;
let readings: Part[] = [];

beforeAll(async () => {
  home = await testDatabase('order');
  database = await openDatabase({ url: home.url, entities: [], migrations: [] });
  await database.start();
  await sql`create table effect (record_id uuid, version int, at bigint generated always as identity)`.execute(
    database.sql,
  );
});
beforeEach(async () => {
  bus = await testBus();
  broker = openBroker({ url: bus.url, user: 'customer', password: 'x', log });
  await broker.start();
  await ensureStream(broker, 'customer');
});
afterEach(async () => {
  for (const reading of readings) await reading.stop();
  readings = [];
  await broker.stop();
  await bus.dispose();
  await sql`truncate inbox, inbox_record, inbox_consumer, parked_message, effect, lease`.execute(database.sql);
});
afterAll(async () => {
  await database.stop();
  await home.drop();
});

const told = (recordId: string, version: number): EventEnvelope => ({
  specversion: '1.0',
  id: uuidv7(),
  source: '/crm/customer',
  type: SUBJECT,
  subject: recordId,
  time: new Date().toISOString(),
  recordedtime: new Date().toISOString(),
  datacontenttype: 'application/json',
  sequence: String(version),
  noun: 'lead',
  actorid: '',
  actorkind: 'service',
  businessdate: '2026-11-22',
  data: { lead: { id: recordId } },
});
const versions = (recordId: string, from: number, to: number): EventEnvelope[] =>
  Array.from({ length: to - from + 1 }, (_, at) => told(recordId, from + at));
const tell = (events: EventEnvelope[], healed = false) =>
  publish(
    broker,
    events.map((event) => ({ id: event.id, subject: SUBJECT, body: JSON.stringify(event) })),
    healed,
  );

const write = (tx: Tx, { subject, sequence }: EventEnvelope) =>
  sql`insert into effect (record_id, version) values (${subject}, ${Number(sequence)})`.execute(tx.sql);

const consumer = (
  name: string,
  before: (event: EventEnvelope) => unknown = () => {},
): Consumer & { react: Reaction } => ({
  name,
  from: 'customer',
  subjects: ['crm.customer.lead.>'],
  react: async (tx, event) => {
    await before(event);
    await write(tx, event);
  },
});
/** As a process of its own would read. */
const read = async (reader: Consumer): Promise<Part> => {
  const reading = consume({ service: 'sales', database, broker, log }, reader);
  readings.push(reading);
  await reading.start();
  return reading;
};

const effectsOf = async (recordId: string): Promise<number[]> =>
  (
    await sql<{ version: number }>`select version from effect where record_id = ${recordId} order by at`.execute(
      database.sql,
    )
  ).rows.map(({ version }) => version);
const until = async (holds: () => Promise<boolean>, tries = 400) => {
  for (; !(await holds()); tries -= 1) {
    if (!tries) throw new Error('it did not happen in time');
    await sleep(25);
  }
};
const applied = (recordId: string, count: number) => until(async () => (await effectsOf(recordId)).length >= count);

it.each([{}, { repeatable: true as const }])(
  'an event that fails holds back those of its record, and nobody else, whether versions are counted or not: %j',
  async (more) => {
    const [record, other] = [uuidv7(), uuidv7()];
    let failures = 2;
    const reader = consumer('order_fails', ({ subject, sequence }) => {
      if (subject === record && sequence === '2' && (failures -= 1) >= 0) throw new Error('not yet');
    });
    await read({ ...reader, ...more });
    await tell(versions(record, 1, 3));
    await tell(versions(record, 4, 6));
    await tell(versions(other, 1, 3));
    await applied(other, 3);
    expect(await effectsOf(record)).toEqual([1]);
    await applied(record, 6);
    expect(await effectsOf(record)).toEqual([1, 2, 3, 4, 5, 6]);
  },
);

it('while something is away everything waits, and goes on in order', async () => {
  const record = uuidv7();
  let failures = 3;
  await read(
    consumer('order_away', ({ sequence }) => {
      if (sequence === '2' && (failures -= 1) >= 0) throw new Problem('UNAVAILABLE', 'UNAVAILABLE', 'It is away.');
    }),
  );
  await tell(versions(record, 1, 3));
  await tell(versions(record, 4, 6));
  await applied(record, 6);
  expect(await effectsOf(record)).toEqual([1, 2, 3, 4, 5, 6]);
});

/** Another process with the same durable, which takes up to so many events and acknowledges none. */
const taker = async ({ name, subjects }: Consumer, count: number): Promise<number[]> => {
  const jsm = await broker.jsm();
  const config = { durable_name: name, ack_policy: AckPolicy.Explicit, filter_subjects: subjects };
  await jsm.consumers.add('CUSTOMER', { ...config, ack_wait: 30_000_000_000 }).catch(() => undefined);
  const source = await broker.js().consumers.get('CUSTOMER', name);
  const taken: number[] = [];
  for await (const { seq } of await source.fetch({ max_messages: count, expires: 3_000 })) taken.push(seq);
  return taken;
};

it('what a dead process had in its hands comes first, and at once', async () => {
  const record = uuidv7();
  const reader = consumer('order_dead');
  await tell(versions(record, 1, 5));
  expect(await taker(reader, 3)).toEqual([1, 2, 3]);
  await read(reader);
  await applied(record, 5);
  expect(await effectsOf(record)).toEqual([1, 2, 3, 4, 5]);
});

it('what went to somebody else or got lost on its way is asked for again before anything that follows', async () => {
  const record = uuidv7();
  const reader = consumer('order_elsewhere');
  await read(reader);
  await tell(versions(record, 1, 1));
  await applied(record, 1);
  // Those who wait are given something in turn.
  const elsewhere = taker(reader, 2);
  await sleep(200);
  for (const event of versions(record, 2, 7)) await tell([event]);
  expect(await elsewhere).not.toEqual([]);
  await applied(record, 7);
  expect(await effectsOf(record)).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

it('of two processes one reads, and the other goes on where it stopped', async () => {
  const records = Array.from({ length: 5 }, () => uuidv7());
  const slow = () => sleep(Math.random() * 20);
  const first = await read(consumer('order_two', slow));
  await sleep(50);
  await read(consumer('order_two', slow));
  const all = Array.from({ length: 20 }, (_, at) => records.map((record) => told(record, at + 1))).flat();
  for (let at = 0; at < all.length; at += 3) {
    await tell(all.slice(at, at + 3));
    if (at === 48) await first.stop();
  }
  for (const record of records) await applied(record, 20);
  for (const record of records) expect(await effectsOf(record)).toEqual(Array.from({ length: 20 }, (_, at) => at + 1));
});

it('a process that slept while another took over handles nothing more', async () => {
  const record = uuidv7();
  let wake = () => {};
  const asleep = new Promise<void>((resolve) => (wake = resolve));
  await read(consumer('order_slept', () => asleep));
  await tell(versions(record, 1, 2));
  await until(async () => (await sql`select 1 from lease`.execute(database.sql)).rows.length === 1);
  await sleep(300);
  // Its transaction is open, so nobody takes the lease before it is over.
  const taken =
    sql`update lease set holder = ${uuidv7()}, epoch = epoch + 1, expire_time = now() + interval '1 hour'`.execute(
      database.aside,
    );
  await tell(versions(record, 3, 4));
  await sleep(300);
  wake();
  await taken;
  await sleep(2_000);
  expect(await effectsOf(record)).toEqual([1, 2]);
});

const lose = async (at: number): Promise<void> => {
  const jsm = await broker.jsm();
  await jsm.streams.deleteMessage('CUSTOMER', at);
  // As after two minutes: the server knows the id no more.
  const { config } = await jsm.streams.info('CUSTOMER');
  await jsm.streams.update('CUSTOMER', { ...config, duplicate_window: 100_000_000 });
  await sleep(300);
};

it('what the stream lost is waited for until it is put back, also the first version of a record', async () => {
  const other = uuidv7();
  const reader = consumer('order_lost');
  const before = await read(reader);
  await tell([told(other, 1)]);
  await applied(other, 1);
  await before.stop();
  const [one, two] = [uuidv7(), uuidv7()];
  const gap = versions(one, 1, 4);
  const beginning = versions(two, 1, 3);
  await tell([...gap, ...beginning]);
  await lose(3);
  await lose(6);
  await read(reader);
  await tell([told(other, 2)]);
  await applied(other, 2);
  await sleep(1_500);
  expect([await effectsOf(one), await effectsOf(two)]).toEqual([[1], []]);
  await tell([gap[1]!, beginning[0]!], true);
  await applied(one, 4);
  await applied(two, 3);
  expect([await effectsOf(one), await effectsOf(two)]).toEqual([
    [1, 2, 3, 4],
    [1, 2, 3],
  ]);
});

it('a record that is older than the consumer starts with what there is', async () => {
  const record = uuidv7(Date.now() - 60_000);
  await tell(versions(record, 7, 9));
  await read(consumer('order_aged'));
  await applied(record, 3);
  expect(await effectsOf(record)).toEqual([7, 8, 9]);
});

it('what is parked lets its record go on, and comes when it is driven again', async () => {
  const record = uuidv7();
  const reader = consumer('order_parked', ({ sequence }) => {
    if (sequence === '2') throw new Problem('FAILED_PRECONDITION', 'FAILED_PRECONDITION', 'This cannot be.');
  });
  await read(reader);
  const events = versions(record, 1, 4);
  await tell(events.slice(0, 2));
  await tell(events.slice(2));
  await applied(record, 3);
  expect(await effectsOf(record)).toEqual([1, 3, 4]);
  await handleBatch({ service: 'sales', database }, consumer(reader.name), [events[1]!]);
  expect(await effectsOf(record)).toEqual([1, 3, 4, 2]);
});

it('the inbox knows in which order events were handled, also of those of one batch', async () => {
  const record = uuidv7();
  const events = versions(record, 1, 5);
  const [first, second, third, fourth, fifth] = events as [EventEnvelope, EventEnvelope, ...EventEnvelope[]];
  await handleBatch(
    { service: 'sales', database },
    consumer('order_batch'),
    [third!, first, fifth!, second, fourth!],
    new Map(),
    {
      fence: async () => {},
      waits: () => true,
    },
  );
  const { rows } = await sql<{ event_id: string }>`select event_id from inbox order by seq`.execute(database.sql);
  expect(rows.map(({ event_id: id }) => id)).toEqual(events.map(({ id }) => id));
  expect(await effectsOf(record)).toEqual([1, 2, 3, 4, 5]);
});
