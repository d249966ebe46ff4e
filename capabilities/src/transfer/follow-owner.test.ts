import { CAPABILITY_MIGRATIONS } from '../migrations.ts';
import { handleBatch } from '@pelagic/chassis/inbox';
import { openDatabase, type Database } from '@pelagic/chassis/database';
import { createLog } from '@pelagic/chassis/log';
import { uuidv7, type EventEnvelope } from '@pelagic/chassis/outbox';
import { openQueue, type Queue } from '@pelagic/chassis/queue';
import { onStep } from '@pelagic/chassis/steps';
import { testDatabase, type TestDatabase } from '@pelagic/chassis/testing/engines';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { defineNoun } from '../record/noun.ts';
import { followOwner } from './follow-owner.ts';

const lead = defineNoun({ noun: 'lead', search: { open: ['name'], guarded: [] } });
const customer = defineNoun({ noun: 'customer', search: { open: ['name'], guarded: [] } });
const [OLD, NEW, NEWER] = [uuidv7(), uuidv7(), uuidv7()];
const MOVE_TIME = '2025-07-01T01:00:00.000Z';

let engine: TestDatabase;
let database: Database;
let queue: Queue;
let following: ReturnType<typeof followOwner>;
let employeeId: string;

const table = (
  name: string,
) => `create table ${name} (id uuid primary key, version int not null default 1, name text not null default 'x', state text not null default 'LEAD_STATE_ASSIGNED', owner_id uuid,
  department_id uuid, create_time timestamptz not null default now(), update_time timestamptz not null default now(), creator_id uuid, delete_time timestamptz, search_open text not null default '', search_guarded text not null default '')`;

const add = async (noun: 'lead' | 'customer', count: number, values: object = {}): Promise<void> => {
  const rows = Array.from({ length: count }, () => ({
    id: uuidv7(),
    owner_id: employeeId,
    department_id: OLD,
    ...values,
  }));
  await database.sql.insertInto(noun).values(rows).execute();
};

const moved = (departmentId: string, version: number, recordsFollow = true): EventEnvelope =>
  ({
    id: uuidv7(),
    type: 'crm.identity.employee.moved.v1',
    subject: employeeId,
    sequence: String(version),
    time: MOVE_TIME,
    data: { employee: { id: employeeId, departmentId }, recordsFollow },
  }) as unknown as EventEnvelope;

const tell = (...events: EventEnvelope[]) => handleBatch({ service: 'test', database }, following.consumer, events);
const run = () => following.work.run({ employeeId }, new AbortController().signal);

const places = async (noun: string): Promise<Record<string, number>> => {
  const { rows } = await sql<{
    department_id: string;
    n: number;
  }>`select department_id, count(*)::int as n from ${sql.table(noun)} where owner_id = ${employeeId} group by 1`.execute(
    database.sql,
  );
  return Object.fromEntries(rows.map((row) => [row.department_id, row.n]));
};

beforeAll(async () => {
  engine = await testDatabase('follow_owner');
  database = await openDatabase({ url: engine.url, entities: [], migrations: [CAPABILITY_MIGRATIONS] });
  await database.start();
  for (const name of ['lead', 'customer']) await sql.raw(table(name)).execute(database.sql);
  following = followOwner({
    service: 'test',
    database,
    nouns: [
      { noun: lead, only: () => sql`state <> 'LEAD_STATE_INVALID'` },
      { noun: customer, verb: 'updated' },
    ],
    queue: () => queue,
    batchSize: 10,
  });
  queue = openQueue({
    url: engine.url,
    log: createLog('test', 'fatal'),
    works: () => [{ queue: 'follow-owner', run: async () => {} }],
  });
  await queue.start();
});
beforeEach(() => {
  employeeId = uuidv7();
});
afterAll(async () => {
  await queue.stop();
  await database.stop();
  await engine.drop();
});

describe('the records of somebody who moved', () => {
  it('go along by one event each, at the time of the move', async () => {
    await add('lead', 25);
    await add('customer', 3);
    await tell(moved(NEW, 2));
    await run();
    expect([await places('lead'), await places('customer')]).toEqual([{ [NEW]: 25 }, { [NEW]: 3 }]);
    const { rows } = await sql<{
      event: EventEnvelope;
    }>`select event from outbox join lead on lead.id = record_id where owner_id = ${employeeId}`.execute(database.sql);
    expect(rows).toHaveLength(25);
    expect(rows[0]?.event).toMatchObject({
      type: 'crm.customer.lead.assigned.v1',
      time: MOVE_TIME,
      sequence: '2',
      actorid: 'test',
      data: { lead: { departmentId: NEW }, before: { departmentId: OLD } },
    });
    const told = await sql<{ subject: string }>`
      select distinct subject from outbox join customer on customer.id = record_id where owner_id = ${employeeId}`.execute(
      database.sql,
    );
    expect(told.rows).toEqual([{ subject: 'crm.customer.customer.updated.v1' }]);
  });

  it('go along out of the recycle bin too, and stay in it', async () => {
    await add('lead', 3, { delete_time: new Date().toISOString() });
    await tell(moved(NEW, 2));
    await run();
    expect(await places('lead')).toEqual({ [NEW]: 3 });
    const living = sql`select from lead where owner_id = ${employeeId} and delete_time is null`;
    expect((await living.execute(database.sql)).rows).toEqual([]);
  });

  it('stay when they are somebody else’s, or not among those that go', async () => {
    await add('lead', 1, { state: 'LEAD_STATE_INVALID' });
    await add('customer', 1, { owner_id: uuidv7() });
    await tell(moved(NEW, 2));
    await run();
    expect([await places('lead'), await places('customer')]).toEqual([{ [OLD]: 1 }, {}]);
  });

  it('stay when the move leaves them behind', async () => {
    await add('lead', 1);
    await tell(moved(NEW, 2, false));
    await run();
    expect(await places('lead')).toEqual({ [OLD]: 1 });
  });

  it('go where the newest move says, also in the middle, and never back', async () => {
    await add('lead', 25);
    await tell(moved(NEW, 2));
    const stop = onStep('follow-owner.batch', async () => {
      stop();
      await tell(moved(NEWER, 3));
    });
    await run();
    expect(await places('lead')).toEqual({ [NEWER]: 25 });
    await tell(moved(NEW, 2));
    await run();
    expect(await places('lead')).toEqual({ [NEWER]: 25 });
  });

  it('go once each when the work dies and is run again', async () => {
    await add('lead', 25);
    await tell(moved(NEW, 2));
    const stop = onStep('follow-owner.batch', () => {
      stop();
      throw new Error('died');
    });
    await expect(run()).rejects.toThrow('died');
    expect(await places('lead')).toEqual({ [NEW]: 10, [OLD]: 15 });
    await Promise.all([run(), run()]);
    expect(await places('lead')).toEqual({ [NEW]: 25 });
    const { rows } = await sql<{
      version: number;
    }>`select distinct version from lead where owner_id = ${employeeId}`.execute(database.sql);
    expect(rows).toEqual([{ version: 2 }]);
  });

  it('are taken along by the queue', async () => {
    await queue.stop();
    queue = openQueue({ url: engine.url, log: createLog('test', 'fatal'), works: () => [following.work] });
    await queue.start();
    await add('lead', 12);
    await tell(moved(NEW, 2));
    await expect.poll(() => places('lead'), { timeout: 10_000 }).toEqual({ [NEW]: 12 });
  });
});
