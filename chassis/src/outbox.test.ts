import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openBroker, type Broker } from './broker.ts';
import { consume, type Consumer, type Reaction } from './consumer.ts';
import { openDatabase, type Database } from './database.ts';
import { handleBatch } from './inbox.ts';
import { leaseOn } from './lease.ts';
import { createLog } from './log.ts';
import { record, uuidv7, type EventEnvelope } from './outbox.ts';
import { Problem } from './problem.ts';
import { relay, relayOnce } from './relay.ts';
import { onStep } from './steps.ts';
import { testBus, testDatabase, type TestBus, type TestDatabase } from './testing/engines.ts';

const log = createLog('test', 'fatal');
const SUBJECT = 'crm.customer.lead.updated.v1';
let bus: TestBus;
let home: TestDatabase;
let database: Database;
let broker: Broker;

beforeAll(async () => {
  [bus, home] = await Promise.all([testBus(), testDatabase('outbox')]);
  database = await openDatabase({ url: home.url, entities: [], migrations: [] });
  await database.start();
  broker = openBroker({ url: bus.url, user: 'customer', password: 'x', log });
  await broker.start();
  await sql`create table counter (id uuid primary key, version int not null)`.execute(database.sql);
  await sql`create table effect (event_id uuid, record_id uuid, version int, at bigint generated always as identity)`.execute(
    database.sql,
  );
});
afterEach(async () => {
  await sql`truncate outbox, inbox, inbox_record, parked_message, effect, counter`.execute(database.sql);
});
afterAll(async () => {
  await broker.stop();
  await database.stop();
  await Promise.all([bus.dispose(), home.drop()]);
});

/** One change of a record under its row's lock, as every noun does it. */
const change = (id: string) =>
  database.transact(async (tx) => {
    await sql`insert into counter (id, version) values (${id}, 0) on conflict do nothing`.execute(tx.sql);
    const { rows } = await sql<{
      version: number;
    }>`update counter set version = version + 1 where id = ${id} returning version`.execute(tx.sql);
    record(tx, { subject: SUBJECT, noun: 'lead', recordId: id, version: rows[0]!.version, data: { lead: { id } } });
  });

const waiting = async (): Promise<number> =>
  Number(
    (await sql<{ n: string }>`select count(*) n from outbox where published_time is null`.execute(database.sql))
      .rows[0]!.n,
  );
const drained = async () => {
  for (let tries = 0; (await waiting()) > 0; tries += 1) {
    if (tries > 400) throw new Error('the outbox did not drain');
    await sleep(25);
  }
};
const effects = async () =>
  (
    await sql<{
      event_id: string;
      record_id: string;
      version: number;
    }>`select event_id, record_id, version from effect order by at`.execute(database.sql)
  ).rows;
const until = async (holds: () => Promise<boolean>) => {
  for (let tries = 0; !(await holds()); tries += 1) {
    if (tries > 400) throw new Error('it did not happen in time');
    await sleep(25);
  }
};

const note = (name: string): Consumer & { react: Reaction } => ({
  name,
  from: 'customer',
  subjects: ['crm.customer.lead.>'],
  react: async (tx, event) => {
    await sql`insert into effect (event_id, record_id, version) values (${event.id}, ${event.subject}, ${Number(event.sequence)})`.execute(
      tx.sql,
    );
  },
});

it('gives ids that keep the order of one moment', () => {
  const ids = Array.from({ length: 2_000 }, () => uuidv7(1_700_000_000_000));
  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
});

describe('outbox, relay and inbox', () => {
  it('tells each change once and per record in order, from 20 records changed by many at once', async () => {
    const ids = Array.from({ length: 20 }, () => uuidv7());
    const moving = relay({ service: 'customer', database, broker, log });
    const reading = consume({ service: 'sales', database, broker, log }, note(`once-${uuidv7()}`));
    await moving.start();
    await reading.start();
    await Promise.all(Array.from({ length: 300 }, (_, index) => change(ids[index % ids.length]!)));
    await drained();
    await until(async () => (await effects()).filter(({ record_id }) => ids.includes(record_id)).length === 300);
    await reading.stop();
    await moving.stop();
    for (const id of ids) {
      const versions = (await effects()).filter(({ record_id }) => record_id === id).map(({ version }) => version);
      expect(versions).toEqual(Array.from({ length: 15 }, (_, index) => index + 1));
    }
  });

  it('handles what was published together in one transaction, or nearly', async () => {
    const subject = uuidv7();
    const batches: number[] = [];
    const reading = consume(
      { service: 'sales', database, broker, log },
      {
        ...note(`together-${subject}`),
        reactAll: async (_tx, events) => {
          batches.push(events.filter((event) => event.subject === subject).length);
        },
      },
    );
    const moving = relay({ service: 'customer', database, broker, log });
    await moving.start();
    await reading.start();
    await change(uuidv7());
    await until(async () => batches.length > 0);
    await database.transact(async (tx) => {
      for (let version = 1; version <= 200; version += 1)
        record(tx, { subject: SUBJECT, noun: 'lead', recordId: subject, version, data: {} });
    });
    await until(async () => batches.reduce((sum, size) => sum + size, 0) === 200);
    await reading.stop();
    await moving.stop();
    expect(batches.filter(Boolean).length).toBeLessThan(5);
  });

  it('rolled back means never told', async () => {
    await expect(
      database.transact(async (tx) => {
        record(tx, { subject: SUBJECT, noun: 'lead', recordId: uuidv7(), version: 1, data: {} });
        throw new Error('changed my mind');
      }),
    ).rejects.toThrow('changed my mind');
    expect(await waiting()).toBe(0);
  });

  it('publishes again after a crash between publish and mark, and the stream knows the ids', async () => {
    const id = uuidv7();
    for (let index = 0; index < 5; index += 1) await change(id);
    const epoch = (await leaseOn(database.sql, 'relay:customer', 5_000).hold())!;
    const forget = onStep('relay.published', () => {
      throw new Error('killed here');
    });
    await expect(relayOnce({ service: 'customer', database, broker, log }, epoch)).rejects.toThrow('killed here');
    forget();
    expect(await waiting()).toBe(5);
    const before = (await (await broker.jsm()).streams.info('CUSTOMER')).state.messages;
    await relayOnce({ service: 'customer', database, broker, log }, epoch);
    expect(await waiting()).toBe(0);
    expect((await (await broker.jsm()).streams.info('CUSTOMER')).state.messages).toBe(before);
    const { rows } = await sql<{ version: number }>`select version from outbox order by stream_seq`.execute(
      database.sql,
    );
    expect(rows.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5]);
  });

  it('a leader whose lease went to another marks nothing', async () => {
    await change(uuidv7());
    const [first, second] = [leaseOn(database.sql, 'relay:slept', 1), leaseOn(database.sql, 'relay:slept', 5_000)];
    const slept = (await first.hold())!;
    await sleep(5);
    expect(await second.hold()).toBe(slept + 1n);
    expect(await first.hold()).toBeUndefined();
    expect(await relayOnce({ service: 'slept', database, broker, log }, slept)).toBe(false);
    expect(await waiting()).toBe(1);
  });

  it('handles a redelivered event once, also twice within one batch', async () => {
    const consumer = note('again');
    const event = {
      id: uuidv7(),
      type: SUBJECT,
      subject: uuidv7(),
      sequence: '1',
      noun: 'lead',
      time: new Date().toISOString(),
      data: {},
    } as unknown as EventEnvelope;
    await handleBatch({ service: 'sales', database }, consumer, [event, event]);
    await handleBatch({ service: 'sales', database }, consumer, [event]);
    expect(await effects()).toHaveLength(1);
  });

  it('a crash before the commit leaves neither effect nor memory; one after it leaves both', async () => {
    const consumer = note('crash');
    const event = {
      id: uuidv7(),
      type: SUBJECT,
      subject: uuidv7(),
      sequence: '1',
      noun: 'lead',
      time: new Date().toISOString(),
      data: {},
    } as unknown as EventEnvelope;
    for (const [step, expected] of [
      ['inbox.handled', 0],
      ['inbox.committed', 1],
    ] as const) {
      const forget = onStep(step, () => {
        throw new Error('killed here');
      });
      await expect(handleBatch({ service: 'sales', database }, consumer, [event])).rejects.toThrow('killed here');
      forget();
      expect(await effects()).toHaveLength(expected);
    }
    await handleBatch({ service: 'sales', database }, consumer, [event]);
    expect(await effects()).toHaveLength(1);
  });

  it('parks what cannot be handled with its reason, and lets the rest pass', async () => {
    const [poison, fine] = [uuidv7(), uuidv7()];
    const consumer = note(`poison-${poison}`);
    const refusing: Consumer = {
      ...consumer,
      react: async (tx, event) => {
        if (event.subject === poison)
          throw new Problem('FAILED_PRECONDITION', 'FAILED_PRECONDITION', 'This cannot be.');
        await consumer.react(tx, event);
      },
    };
    const moving = relay({ service: 'customer', database, broker, log });
    const reading = consume({ service: 'sales', database, broker, log }, refusing);
    await change(poison);
    await change(fine);
    await moving.start();
    await reading.start();
    await until(async () => (await effects()).some(({ record_id }) => record_id === fine));
    await until(
      async () =>
        (
          await sql`select 1 from parked_message where consumer = ${consumer.name} and reason = 'This cannot be.'`.execute(
            database.sql,
          )
        ).rows.length === 1,
    );
    await reading.stop();
    await moving.stop();
  });

  it('parks what is no event at all, and lets the rest pass', async () => {
    const fine = uuidv7();
    const consumer = note(`broken-${fine}`);
    const moving = relay({ service: 'customer', database, broker, log });
    const reading = consume({ service: 'sales', database, broker, log }, consumer);
    await change(fine);
    await moving.start();
    await drained();
    const broken = ['', '{', 'a\0b', '{"id":"x"}', JSON.stringify({ id: fine, type: SUBJECT, data: 1 })];
    for (const body of broken) await broker.js().publish(SUBJECT, body);
    const after = uuidv7();
    await change(after);
    await reading.start();
    await until(async () => (await effects()).some(({ record_id }) => record_id === after));
    const { rows } = await sql<{ event: string; reason: string; event_id: string | null }>`
      select event, reason, event_id from parked_message where consumer = ${consumer.name} order by id`.execute(
      database.sql,
    );
    expect(rows.map(({ event }) => event)).toEqual(broken.map((body) => body.replace('\0', '\ufffd')));
    expect(rows.map(({ event_id: id }) => id)).toEqual([null, null, null, null, fine]);
    await reading.stop();
    await moving.stop();
  });

  it('keeps what is told while the bus is away, and tells it when it is back', async () => {
    const moving = relay({ service: 'customer', database, broker, log });
    await moving.start();
    await bus.kill();
    const id = uuidv7();
    for (let index = 0; index < 10; index += 1) await change(id);
    expect(await waiting()).toBe(10);
    await bus.start();
    await drained();
    await moving.stop();
  });
});
