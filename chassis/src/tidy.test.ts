import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { STREAM_DAYS } from './broker.ts';
import { openDatabase, type Database } from './database.ts';
import { uuidv7 } from './outbox.ts';
import { testDatabase, type TestDatabase } from './testing/engines.ts';

let home: TestDatabase;

const open = async (): Promise<Database> => {
  const database = openDatabase({ url: home.url, entities: [], migrations: [] });
  await (await database).start();
  return database;
};

beforeAll(async () => {
  home = await testDatabase('tidy');
});
afterAll(() => home.drop());

const dayAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
const partitionOf = (days: number): string => `outbox_${dayAgo(days).replaceAll('-', '')}`;

/** A day of the ledger with one event that was published, and one that may still wait. */
const addDay = async ({ sql: db }: Database, days: number, waits = false): Promise<void> => {
  const [from, to] = [`${dayAgo(days)}T00:00:00Z`, `${dayAgo(days - 1)}T00:00:00Z`];
  await sql`create table ${sql.table(partitionOf(days))} partition of outbox for values from (${sql.lit(from)}) to (${sql.lit(to)})`.execute(
    db,
  );
  for (const published of [from, waits ? null : from])
    await sql`
      insert into outbox (id, subject, noun, record_id, version, recorded_time, event, published_time)
      values (${uuidv7()}, 'crm.customer.lead.created.v1', 'lead', ${uuidv7()}, 1, ${from}, '{}', ${published})`.execute(
      db,
    );
};

/** What the reconciler and the export leave behind. */
const prove = (database: Database, days: number, exported = true) =>
  sql`
    insert into outbox_proof (day, export_time) values (${dayAgo(days)}::date, ${exported ? new Date() : null})
    on conflict (day) do update set export_time = excluded.export_time`.execute(database.sql);

const partitions = async ({ sql: db }: Database): Promise<string[]> =>
  (
    await sql<{ name: string }>`
      select relname as name from pg_inherits join pg_class on pg_class.oid = inhrelid where inhparent = 'outbox'::regclass order by 1`.execute(
      db,
    )
  ).rows.map(({ name }) => name);

it('the ledger drops days that streams keep no longer, but none with an event that waits or is not known to be elsewhere', async () => {
  const [old, waits, kept, proven, unproven] = [2, 5, -1, 6, 7].map((days) => STREAM_DAYS + days) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const before = await open();
  for (const days of [old, kept, proven, unproven]) await addDay(before, days);
  for (const days of [old, kept, waits]) await prove(before, days);
  await prove(before, proven, false);
  await addDay(before, waits, true);
  const all = await partitions(before);
  await before.stop();

  const after = await open();
  expect(await partitions(after)).toEqual(all.filter((name) => name !== partitionOf(old)));
  expect(all).toContain(partitionOf(old));
  await sql`update outbox set published_time = now() where published_time is null`.execute(after.sql);
  await after.stop();

  const last = await open();
  expect(await partitions(last)).toEqual(all.filter((name) => ![old, waits].map(partitionOf).includes(name)));
  await last.stop();
});

it('a day that somebody is reading goes another time, and whoever writes does not wait for it', async () => {
  const database = await open();
  await addDay(database, STREAM_DAYS + 3);
  await prove(database, STREAM_DAYS + 3);
  await database.transact(async (tx) => {
    await sql`select from ${sql.table(partitionOf(STREAM_DAYS + 3))}`.execute(tx.sql);
    const { rows } = await sql`select outbox_drop(${STREAM_DAYS})`.execute(database.aside);
    expect(rows).toEqual([]);
  });
  const { rows } = await sql`select outbox_drop(${STREAM_DAYS}) as name`.execute(database.sql);
  expect(rows).toEqual([{ name: partitionOf(STREAM_DAYS + 3) }]);
  await database.stop();
});
