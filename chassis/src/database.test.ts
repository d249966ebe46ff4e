import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase, type Database } from './database.ts';
import { testDatabase } from './testing/engines.ts';

let database: Database;
let engine: Awaited<ReturnType<typeof testDatabase>>;

beforeAll(async () => {
  engine = await testDatabase('database');
  database = await openDatabase({ url: engine.url, entities: [], migrations: [] });
  await database.start();
  await sql`create table thing (id int primary key, touched int not null default 0)`.execute(database.sql);
  await sql`insert into thing (id) values (1), (2)`.execute(database.sql);
});
afterAll(async () => {
  await database.stop();
  await engine.drop();
});

it('two batches that wait for each other crosswise both come to their end, each of them once', async () => {
  let waiting = 0;
  const both = Promise.withResolvers<void>();
  const touch = (id: number) =>
    database.transact((tx) => sql`update thing set touched = touched + 1 where id = ${id}`.execute(tx.sql));
  const batch = (first: number, second: number) =>
    database.batch(async () => {
      await touch(first);
      waiting += 1;
      if (waiting === 2) both.resolve();
      await both.promise;
      await touch(second);
    });
  await Promise.all([batch(1, 2), batch(2, 1)]);
  const { rows } = await sql`select id, touched from thing order by id`.execute(database.sql);
  expect(rows).toEqual([
    { id: 1, touched: 2 },
    { id: 2, touched: 2 },
  ]);
});

it('gives room to others for a connection that was lost in the middle of a transaction', async () => {
  const small = await openDatabase({ url: engine.url, entities: [], migrations: [], poolMax: 2 });
  for (let lost = 0; lost < 3; lost += 1) {
    const ended = small.transact((tx) => sql`select pg_terminate_backend(pg_backend_pid())`.execute(tx.sql));
    await expect(ended).rejects.toThrow();
  }
  await expect(sql`select 1`.execute(small.sql)).resolves.toBeDefined();
  await small.stop();
});

it('goes on beside a newer release that ran its migrations already, and not where one of its own is gone', async () => {
  const ran = (name: string) =>
    sql`insert into kysely_migration (name, timestamp) values (${name}, now()::text)`.execute(database.sql);
  const older = () => openDatabase({ url: engine.url, entities: [], migrations: [] });
  const startAndStop = async () => {
    const beside = await older();
    await beside.start().finally(() => beside.stop());
  };
  await ran('0-chassis/9999_of_the_next_release.sql');
  await ran('7-capability_of_the_next_release/0001_its_first.sql');
  await startAndStop();
  await ran('0-chassis/0001_taken_away.sql');
  await expect(startAndStop()).rejects.toThrow('0-chassis/0001_taken_away.sql is missing');
});
