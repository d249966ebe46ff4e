import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { upsert } from './append.ts';
import { openDatabase, type Database } from './database.ts';
import { handleBatch } from './inbox.ts';
import { uuidv7, type EventEnvelope } from './outbox.ts';
import { projection } from './projection.ts';
import { testDatabase, type TestDatabase } from './testing/engines.ts';

let home: TestDatabase;
let database: Database;

beforeAll(async () => {
  home = await testDatabase('projection');
  database = await openDatabase({ url: home.url, entities: [], migrations: [] });
  await database.start();
  await sql`create table copy (id uuid primary key, name text not null)`.execute(database.sql);
});
afterAll(async () => {
  await database.stop();
  await home.drop();
});

const told = (id: string, version: number): EventEnvelope => ({
  specversion: '1.0',
  id: uuidv7(),
  source: '/crm/customer',
  type: 'crm.customer.lead.updated.v1',
  subject: id,
  time: new Date().toISOString(),
  recordedtime: new Date().toISOString(),
  datacontenttype: 'application/json',
  sequence: String(version),
  noun: 'lead',
  actorid: '',
  actorkind: 'service',
  businessdate: '2026-11-22',
  data: { lead: { id, name: `as of ${version}` } },
});

it('holds the newest state, also when a batch brings its events in another order', async () => {
  const { consumer } = projection({
    name: 'leads',
    service: 'sales',
    from: 'customer',
    // Nothing is missing, so nobody is asked.
    address: '127.0.0.1:9',
    noun: 'lead',
    database,
    token: async () => '',
    apply: (tx, states) =>
      upsert(
        tx,
        'copy',
        states.map(({ id, state }) => ({ id, name: state['name'] })),
      ),
    clear: async () => {},
  });
  const id = uuidv7();
  const [first, second, third] = [told(id, 1), told(id, 2), told(id, 3)];
  await handleBatch({ service: 'sales', database }, consumer, [third, first, second]);
  const { rows } = await sql<{ name: string }>`select name from copy where id = ${id}`.execute(database.sql);
  expect(rows).toEqual([{ name: 'as of 3' }]);
});
