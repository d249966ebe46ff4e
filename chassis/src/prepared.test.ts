import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase, type Database } from './database.ts';
import { WITH_NEXT } from './prepared.ts';
import { testDatabase } from './testing/engines.ts';

let database: Database;
let engine: Awaited<ReturnType<typeof testDatabase>>;

beforeAll(async () => {
  engine = await testDatabase('prepared');
  database = await openDatabase({ url: engine.url, entities: [], migrations: [], poolMax: 1 });
  await database.start();
  await sql`create table thing (id int primary key)`.execute(database.sql);
});
afterAll(async () => {
  await database.stop();
  await engine.drop();
});

const add = (id: number) =>
  database.transact(
    async (tx) => (await sql<object>`insert into thing (id) values (${id}) returning *`.execute(tx.sql)).rows[0],
  );
const prepared = async () =>
  (await sql<{ statement: string }>`select statement from pg_prepared_statements`.execute(database.sql)).rows
    .map(({ statement }) => statement)
    .filter((statement) => statement.includes('thing'));

describe('a statement that transactions repeat', () => {
  it('is prepared on its connection; what is asked outside of them is not', async () => {
    await add(1);
    expect(await prepared()).toEqual([]);
    for (const id of [2, 3, 4, 5]) await add(id);
    for (let times = 0; times < 6; times += 1) await sql`select * from thing where id = ${times}`.execute(database.sql);
    expect(await prepared()).toEqual(['insert into thing (id) values ($1) returning *']);
  });

  it('outlives a migration that changes what it answers', async () => {
    await sql`alter table thing add column name text not null default 'new'`.execute(database.sql);
    await expect(add(6)).resolves.toEqual({ id: 6, name: 'new' });
  });
});

describe('a statement that goes with the next', () => {
  const later = (id: number) => sql`${sql.raw(WITH_NEXT)}insert into thing (id) values (${id})`;
  const ids = async () =>
    (await sql<{ id: number }>`select id from thing where id >= 100 order by id`.execute(database.sql)).rows.map(
      ({ id }) => id,
    );

  it('is there for what comes after it, and with the commit', async () => {
    const seen = await database.transact(async (tx) => {
      await later(100).execute(tx.sql);
      const { rows } = await sql`select id from thing where id = 100`.execute(tx.sql);
      await later(101).execute(tx.sql);
      return rows.length;
    });
    expect([seen, await ids()]).toEqual([1, [100, 101]]);
  });

  it('fails the commit that it went with, and nothing of its transaction stays', async () => {
    const twice = database.transact(async (tx) => {
      await sql`insert into thing (id) values (200)`.execute(tx.sql);
      await later(100).execute(tx.sql);
    });
    await expect(twice).rejects.toThrow(/duplicate key/);
    expect(await ids()).toEqual([100, 101]);
  });

  it('fails the statement that it went with', async () => {
    const reached: string[] = [];
    const twice = database.transact(async (tx) => {
      await later(100).execute(tx.sql);
      await sql`insert into thing (id) values (300)`.execute(tx.sql).finally(() => reached.push('answered'));
      reached.push('went on');
    });
    await expect(twice).rejects.toThrow(/duplicate key/);
    expect([reached, await ids()]).toEqual([['answered'], [100, 101]]);
  });

  it('is forgotten when its transaction is given up, and the next one begins anew', async () => {
    const given = database.transact(async (tx) => {
      await later(400).execute(tx.sql);
      throw new Error('given up');
    });
    await expect(given).rejects.toThrow('given up');
    await database.transact(async () => undefined);
    await database.transact((tx) => later(102).execute(tx.sql));
    expect(await ids()).toEqual([100, 101, 102]);
  });
});
