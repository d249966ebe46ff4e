import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase, type Database } from './database.ts';
import { isOutage, problemOf } from './outage.ts';
import { notFound, Problem } from './problem.ts';
import { testDatabase, type TestDatabase } from './testing/engines.ts';

let home: TestDatabase;
let database: Database;

beforeAll(async () => {
  home = await testDatabase('outage');
  database = await openDatabase({ url: home.url, entities: [], migrations: [] });
});
afterAll(async () => {
  await database.stop();
  await home.drop();
});

const failureOf = async (text: string): Promise<unknown> =>
  database
    .transact((tx) => sql.raw(text).execute(tx.sql))
    .then(
      () => undefined,
      (error: unknown) => error,
    );

const raising = (state: string): string =>
  `do $$ begin raise exception 'as it says' using errcode = '${state}'; end $$`;

it.each([
  ['a full disk', raising('53100')],
  ['a server that comes up', raising('57P03')],
  ['a server that goes down in the middle', 'select pg_terminate_backend(pg_backend_pid())'],
])('%s is nobody’s mistake', async (_, text) => {
  expect(isOutage(await failureOf(text))).toBe(true);
});

it('a server that is not there is nobody’s mistake', async () => {
  const away = await openDatabase({ url: 'postgres://nobody@127.0.0.1:9/nothing', entities: [], migrations: [] });
  const error = await away.transact((tx) => sql`select 1`.execute(tx.sql)).catch((cause: unknown) => cause);
  await away.stop();
  expect(isOutage(error)).toBe(true);
});

it('a service that is away is nobody’s mistake, what it refuses is', () => {
  expect(isOutage(new Problem('UNAVAILABLE', 'UNAVAILABLE', 'Not now.'))).toBe(true);
  expect(isOutage(notFound('lead'))).toBe(false);
});

it.each([
  ['a broken constraint', 'create temp table once (id int primary key); insert into once values (1), (1)'],
  ['a value that does not fit', `select 'x'::int`],
  ['a statement that takes too long', raising('57014')],
])('%s is a mistake', async (_, text) => {
  expect(isOutage(await failureOf(text))).toBe(false);
});

it('a bug is a mistake', () => {
  expect(isOutage(new TypeError('x is not a function'))).toBe(false);
});

it('is answered as something that passes, and a mistake of ours as that', async () => {
  expect(problemOf(await failureOf(raising('53100')))).toMatchObject({ code: 'UNAVAILABLE', passing: true });
  expect(problemOf(await failureOf('select 1/0'))).toMatchObject({ code: 'INTERNAL' });
  expect(problemOf(notFound('lead'))).toMatchObject({ code: 'NOT_FOUND' });
});
