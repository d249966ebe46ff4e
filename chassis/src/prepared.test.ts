import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase, type Database } from './database.ts';
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
