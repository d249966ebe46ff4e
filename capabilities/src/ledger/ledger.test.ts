import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { openBroker, STREAM_DAYS, type Broker } from '@pelagic/chassis/broker';
import { serviceCaller } from '@pelagic/chassis/caller';
import { consume, type Consumer } from '@pelagic/chassis/consumer';
import { openDatabase, type Database } from '@pelagic/chassis/database';
import { createLog } from '@pelagic/chassis/log';
import { record, uuidv7 } from '@pelagic/chassis/outbox';
import { relay } from '@pelagic/chassis/relay';
import { testBus, testDatabase, type TestBus, type TestDatabase } from '@pelagic/chassis/testing/engines';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openBytes } from '../file/bytes.ts';
import { openFiles } from '../file/store.ts';
import { CAPABILITY_MIGRATIONS } from '../migrations.ts';
import { exportProven } from './export-days.ts';
import { ledgerHandlers } from './ledger.handlers.ts';
import { sumLedger } from './ledger.queries.ts';
import { publishAgain } from './publish-again.ts';

const log = createLog('test', 'fatal');
const RECONCILER = serviceCaller('analytics');
const SERVICE = 'customer';
const ALL = { from: '2020-01-01T00:00:00Z', to: '2099-01-01T00:00:00Z' };
let bus: TestBus;
let home: TestDatabase;
let database: Database;
let broker: Broker;

beforeAll(async () => {
  home = await testDatabase('ledger');
  database = await openDatabase({ url: home.url, entities: [], migrations: [CAPABILITY_MIGRATIONS] });
  await database.start();
});
beforeEach(async () => {
  bus = await testBus();
  broker = openBroker({ url: bus.url, user: SERVICE, password: 'x', log });
  await broker.start();
});
afterEach(async () => {
  await broker.stop();
  await bus.dispose();
  await sql`truncate outbox, inbox, outbox_proof`.execute(database.sql);
});
afterAll(async () => {
  await database.stop();
  await home.drop();
});

const until = async (holds: () => Promise<boolean>) => {
  for (let tries = 0; !(await holds()); tries += 1) {
    if (tries > 800) throw new Error('it did not happen in time');
    await sleep(25);
  }
};

/** Changes of one record, published. */
const tell = async (count: number): Promise<string[]> => {
  const recordId = uuidv7();
  await database.transact(async (tx) => {
    for (let version = 1; version <= count; version += 1)
      record(tx, {
        subject: 'crm.customer.lead.updated.v1',
        noun: 'lead',
        recordId,
        version,
        data: { lead: { recordId } },
      });
  });
  const moving = relay({ service: SERVICE, database, broker, log });
  await moving.start();
  await until(
    async () => !(await sql`select 1 from outbox where published_time is null`.execute(database.sql)).rows.length,
  );
  await moving.stop();
  const { rows } = await sql<{ id: string }>`select id from outbox where record_id = ${recordId} order by seq`.execute(
    database.sql,
  );
  return rows.map(({ id }) => id);
};

const inStream = async (): Promise<string[]> => {
  const jsm = await broker.jsm();
  const { state } = await jsm.streams.info('CUSTOMER');
  const ids: string[] = [];
  for (let seq = state.first_seq; seq <= state.last_seq; seq += 1) {
    const message = await jsm.direct.getMessage('CUSTOMER', { seq }).catch(() => null);
    if (message) ids.push(message.header.get('Nats-Msg-Id'));
  }
  return ids;
};
const remove = async (id: string): Promise<void> => {
  const { rows } = await sql<{ seq: string }>`select stream_seq as seq from outbox where id = ${id}`.execute(
    database.sql,
  );
  await (await broker.jsm()).streams.deleteMessage('CUSTOMER', Number(rows[0]!.seq));
};
/** A server that knows no ids any more, as after two minutes. */
const forgetIds = async (): Promise<void> => {
  const jsm = await broker.jsm();
  const { config } = await jsm.streams.info('CUSTOMER');
  await jsm.streams.update('CUSTOMER', { ...config, duplicate_window: 100_000_000 });
  await sleep(300);
};
const again = (what: Parameters<typeof publishAgain>[1]) =>
  publishAgain({ service: SERVICE, database, broker }, what, Date.now() + 60_000);

describe('publishing again', () => {
  it('puts back what the stream lost, in order and once, and leaves what it has alone', async () => {
    const ids = await tell(10);
    for (const id of [ids[2]!, ids[5]!, ids[9]!]) await remove(id);
    await forgetIds();
    expect(await again(ALL)).toMatchObject({
      published: 3,
      present: 7,
      refused: 0,
      examples: [ids[2], ids[5], ids[9]],
    });
    expect(await inStream()).toEqual([...ids.filter((_, at) => ![2, 5, 9].includes(at)), ids[2], ids[5], ids[9]]);
    expect(await again({ ids })).toMatchObject({ published: 0, present: 10 });
  });

  it('says that the server still refuses what it has lost', async () => {
    const ids = await tell(3);
    await remove(ids[1]!);
    expect(await again({ ids })).toMatchObject({ published: 0, present: 2, refused: 1, examples: [ids[1]] });
    await forgetIds();
    expect(await again({ ids })).toMatchObject({ published: 1, present: 2, refused: 0 });
  });

  it('fills a stream that was lost, from the oldest on', async () => {
    const ids = await tell(450);
    await (await broker.jsm()).streams.delete('CUSTOMER');
    expect(await again(ALL)).toMatchObject({ published: 450, present: 0 });
    expect(await inStream()).toEqual(ids);
    const { rows } = await sql<{ n: string }>`select count(*) as n from outbox where hash is null`.execute(
      database.sql,
    );
    expect(rows).toEqual([{ n: '0' }]);
  });
});

it('what is put back after the inbox forgot it has no second effect, but a projection takes it', async () => {
  const effects: string[] = [];
  const consumer = (name: string, more: Partial<Consumer>): Consumer =>
    ({
      name,
      from: SERVICE,
      subjects: ['crm.customer.lead.>'],
      reactAll: async (_tx: unknown, events: { id: string }[]) =>
        void effects.push(...events.map(({ id }) => `${name} ${id}`)),
      ...more,
    }) as Consumer;
  const readings = [consumer('reaction', {}), consumer('projection', { repeatable: true })].map((each) =>
    consume({ service: 'sales', database, broker, log }, each),
  );
  const [id] = await tell(1);
  for (const reading of readings) await reading.start();
  await until(async () => effects.length === 2);
  // Sixteen days later.
  await sql`delete from inbox`.execute(database.sql);
  const old = new Date(Date.now() - 16 * 86_400_000).toISOString();
  await sql`update outbox set event = jsonb_set(event::jsonb, '{recordedtime}', ${JSON.stringify(old)}::jsonb)::json`.execute(
    database.sql,
  );
  await remove(id!);
  await forgetIds();
  expect(await again({ ids: [id!] })).toMatchObject({ published: 1 });
  const [other] = await tell(1);
  await until(async () => effects.length >= 5);
  for (const reading of readings) await reading.stop();
  expect(effects.toSorted()).toEqual(
    [`projection ${id}`, `projection ${id}`, `projection ${other}`, `reaction ${id}`, `reaction ${other}`].toSorted(),
  );
});

describe('the ledger', () => {
  it('sums what was recorded by interval, whatever the order', async () => {
    const ids = await tell(5);
    const { sums, oldest } = await sumLedger(database, ALL, 86_400);
    const { rows } = await sql<{ checksum: string }>`
      select bit_xor(('x' || left(md5(id), 16))::bit(64)::bigint)::text as checksum from unnest(${ids}::text[]) id`.execute(
      database.sql,
    );
    expect(sums.reduce((count, { events }) => count + Number(events), 0)).toBe(5);
    if (sums.length === 1) expect(sums[0]!.checksum).toBe(rows[0]!.checksum);
    expect(Date.parse(oldest!)).toBeLessThanOrEqual(Date.now());
  });

  it('takes a day for proven that is named twice', async () => {
    const { proveLedger } = ledgerHandlers({ service: SERVICE, database, broker });
    const days = ['2026-01-01', '2026-01-02', '2026-01-01'];
    for (let times = 0; times < 2; times += 1) await proveLedger({ service: SERVICE, days }, RECONCILER);
    const { rows } = await sql<{ days: string }>`select count(*)::text as days from outbox_proof`.execute(database.sql);
    expect(rows).toEqual([{ days: '2' }]);
  });

  it('puts a proven day away before it is dropped', async () => {
    const day = new Date(Date.now() - (STREAM_DAYS + 3) * 86_400_000).toISOString().slice(0, 10);
    const dir = await mkdtemp(join(tmpdir(), 'pelagic-ledger-'));
    await sql
      .raw(
        `create table outbox_${day.replaceAll('-', '')} partition of outbox for values from ('${day}') to (('${day}'::date + 1)::timestamptz)`,
      )
      .execute(database.sql);
    for (const version of [1, 2])
      await sql`
        insert into outbox (id, subject, noun, record_id, version, recorded_time, event, published_time)
        values (${uuidv7()}, 'crm.customer.lead.created.v1', 'lead', ${uuidv7()}, ${version}, ${`${day}T01:00:00Z`}, ${JSON.stringify({ version })}, now())`.execute(
        database.sql,
      );
    const drop = async () => (await sql`select outbox_drop(${STREAM_DAYS})`.execute(database.sql)).rows.length;
    const files = openFiles({ service: SERVICE, database, bytes: openBytes({ FILES_DIR: dir }) });
    expect(await exportProven({ database, files })).toEqual([]);
    expect(await drop()).toBe(0);
    await sql`insert into outbox_proof (day) values (${day}::date)`.execute(database.sql);
    expect(await drop()).toBe(0);
    expect(await exportProven({ database, files })).toEqual([day]);
    const lines = gunzipSync(await readFile(join(dir, `archive-${SERVICE}`, `outbox_${day}.ndjson.gz`)))
      .toString()
      .trim()
      .split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([{ version: 1 }, { version: 2 }]);
    expect(await drop()).toBe(1);
    await rm(dir, { recursive: true, force: true });
  });
});
