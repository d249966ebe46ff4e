import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { EventEnvelope } from '@pelagic/chassis/outbox';
import { asking, BOSS, log, openHouse, type House } from '../testing/house.ts';
import { openLedgerHouse, type LedgerHouse } from '../testing/ledger-service.ts';
import { storyteller } from '../testing/story.ts';
import { reconcile, type Reconciler } from './reconcile.ts';

const YEAR = { fromDate: '2026-01-01', toDate: '2026-12-31' };
const TEST_MS = 60_000;
/** Nothing that is younger than a few seconds is compared. */
const OLD_MS = 6_000;

let house: House;
let sales: LedgerHouse;
let reconciler: Reconciler;

beforeAll(async () => {
  house = await openHouse('reconcile');
  sales = await openLedgerHouse(house, 'sales');
  const { engine, database, broker, directory, counting } = house;
  // Looks of its own accord come seldom enough to leave the finding to the command.
  reconciler = reconcile({
    engine,
    database,
    broker,
    directory,
    counting,
    ledgers: [sales.ledger],
    log,
    lookMs: 3_600_000,
  });
  await reconciler.start();
});
afterEach(async () => {
  await sql`truncate reconcile_finding`.execute(house.database.sql);
});
afterAll(async () => {
  await reconciler?.stop();
  await sales?.close();
  await house?.close();
});

const money = (amount: string) => ({ amount, currency: 'CNY', baseAmount: amount });

/** Deals of 10.25 that are raised to 20.50 and won; all of it some time ago. */
const deals = (count: number): EventEnvelope[] => {
  const story = storyteller();
  const at = { at: '2026-03-01T02:00:00Z' };
  for (let deal = 0; deal < count; deal += 1) {
    const id = story.create(
      'crm.sales.opportunity.created.v1',
      { name: 'Deal', state: 'OPPORTUNITY_STATE_OPEN', amount: money('10.25'), createDate: '2026-03-01' },
      at,
    );
    story.change('crm.sales.opportunity.updated.v1', id, { amount: money('20.50') }, at);
    story.change('crm.sales.opportunity.won.v1', id, { state: 'OPPORTUNITY_STATE_WON', closeDate: '2026-03-02' }, at);
  }
  for (const event of story.told) event.recordedtime = new Date(Date.parse(event.recordedtime) - OLD_MS).toISOString();
  return story.told;
};

const published = async (): Promise<boolean> =>
  !(await sql`select 1 from outbox where published_time is null limit 1`.execute(sales.database.sql)).rows.length;

const tell = async (events: EventEnvelope[]): Promise<void> => {
  await sales.record(events);
  await expect.poll(published, { timeout: 10_000 }).toBe(true);
  await house.settled();
};

const figures = async () => {
  const { totals } = await asking(house)(BOSS, {
    cube: 'opportunity',
    measures: ['new_count', 'new_amount', 'won_count', 'won_amount'],
    period: YEAR,
  });
  const [logged] = await house.engine.query<{ n: string; sum: string }>(
    "select count() as n, toString(groupBitXor(cityHash64(id))) as sum from event_log final where service = 'sales'",
  );
  return { totals: totals.map(({ value }) => value), logged };
};

const findings = async () =>
  (
    await sql<{ place: string; kind: string; events: number; healed: number; over: boolean }>`
      select place, kind, sum(events)::int as events, sum(healed)::int as healed, bool_and(heal_time is not null) as over
      from reconcile_finding group by place, kind order by place, kind`.execute(house.database.sql)
  ).rows;

const state = async () =>
  (
    await sql<{
      state: string;
      proof_time: string | null;
    }>`select state, proof_time from reconcile_service where service = 'sales'`.execute(house.database.sql)
  ).rows[0];

describe('the reconciler', () => {
  it(
    'finds everything equal, and says when that was proven',
    async () => {
      await tell(deals(20));
      const { problem } = await reconciler.run();
      expect(problem).toBe('');
      expect(await findings()).toEqual([]);
      expect(await state()).toMatchObject({ state: 'EQUAL', proof_time: expect.any(String) });
    },
    TEST_MS,
  );

  it(
    'puts rows back that ClickHouse lost, with all that was made of them',
    async () => {
      const before = await figures();
      const [lost] = await house.engine.query<{ ids: string[] }>(
        "select groupArray(toString(id)) as ids from (select id from event_log where service = 'sales' order by cityHash64(id) limit 25)",
      );
      await house.engine.execute('delete from event_log where toString(id) in {ids:Array(String)}', { ids: lost!.ids });
      await house.engine.execute(
        "delete from opportunity_change where id in (select record_id from event_log where service = 'sales' limit 5)",
      );
      expect((await figures()).logged).not.toEqual(before.logged);
      await reconciler.run();
      expect(await figures()).toEqual(before);
      expect(await findings()).toMatchObject([
        { place: 'EVENT_LOG', kind: 'MISSING', events: 25, healed: 25, over: true },
        { place: 'FACTS', kind: 'MISSING', over: true },
      ]);
      expect(await state()).toMatchObject({ state: 'EQUAL' });
    },
    TEST_MS,
  );

  it(
    'finds what only the facts lost, and makes it anew from the event log',
    async () => {
      const { engine } = house;
      const before = await figures();
      const stored = () =>
        engine.query(`select groupBitXor(cityHash64(id, version, state, amount, steps, moves.date, moves.until, moves.amount)) as facts,
          (select groupBitXor(cityHash64(id, version, part, state, amount)) from opportunity_change final) as changes
          from opportunity final`);
      const whole = await stored();
      const some = (from: number, count: number) =>
        `id in (select id from opportunity final order by cityHash64(id) limit ${count} offset ${from})`;
      // As the release before wrote them, which knew of no movements in them.
      await engine.execute(
        `insert into opportunity (id, version, state, amount) select id, version, state, amount from opportunity final where ${some(0, 4)}`,
      );
      await engine.execute(`delete from opportunity_change where version = 1 and ${some(4, 3)}`);
      await engine.execute(`delete from opportunity where ${some(7, 5)}`);
      expect(await figures()).not.toEqual(before);
      await reconciler.run();
      expect(await stored()).toEqual(whole);
      expect(await figures()).toEqual(before);
      expect(await findings()).toEqual([{ place: 'FACTS', kind: 'MISSING', events: 12, healed: 12, over: true }]);
      expect(await state()).toMatchObject({ state: 'EQUAL' });
      await reconciler.run();
      expect(await findings()).toMatchObject([{ events: 12 }]);
    },
    TEST_MS,
  );

  it(
    'forgets what was healed long ago, and the comparisons of that time; what stands, never',
    async () => {
      const { sql: db } = house.database;
      await sql`insert into reconcile_finding (service, place, kind, events, heal_time) values
        ('sales', 'STREAM', 'MISSING', 1, now() - interval '91 days'), ('sales', 'STREAM', 'DOUBLE', 2, now() - interval '89 days'),
        ('identity', 'STREAM', 'FOREIGN', 3, null)`.execute(db);
      await sql`insert into reconcile_run (end_time) values (now() - interval '91 days')`.execute(db);
      await reconciler.run();
      expect((await findings()).map(({ events }) => events).toSorted()).toEqual([2, 3]);
      const old = sql`select 1 from reconcile_run where end_time < now() - interval '90 days'`;
      expect((await old.execute(db)).rows).toEqual([]);
    },
    TEST_MS,
  );

  it(
    'puts messages back that the stream lost; they are counted once',
    async () => {
      const before = await figures();
      const jsm = await house.broker.jsm();
      const { config, state: held } = await jsm.streams.info('SALES');
      for (let seq = held.first_seq + 3; seq < held.first_seq + 13; seq += 1)
        await jsm.streams.deleteMessage('SALES', seq);
      await jsm.streams.update('SALES', { ...config, duplicate_window: 100_000_000 });
      await expect
        .poll(
          async () => {
            await reconciler.run();
            return (await findings())[0];
          },
          { timeout: 30_000 },
        )
        .toEqual({ place: 'STREAM', kind: 'MISSING', events: 10, healed: 10, over: true });
      await house.settled();
      expect(await figures()).toEqual(before);
      expect((await jsm.streams.info('SALES')).state.messages).toBe(held.messages);
      expect(await state()).toMatchObject({ state: 'EQUAL' });
    },
    TEST_MS,
  );

  it(
    'tells of what no ledger knows and of what stands twice, and leaves both',
    async () => {
      const before = await figures();
      const known = await sql<{ event: EventEnvelope }>`select event from outbox order by seq limit 1`.execute(
        sales.database.sql,
      );
      const [stranger] = deals(1);
      await house.publish([stranger!]);
      // Its window of ids is over: the stream holds it twice.
      await new Promise((resolve) => setTimeout(resolve, 300));
      await house.publish([known.rows[0]!.event]);
      await house.settled();
      await reconciler.run();
      expect(await findings()).toEqual([
        { place: 'EVENT_LOG', kind: 'FOREIGN', events: 1, healed: 0, over: false },
        { place: 'STREAM', kind: 'DOUBLE', events: 1, healed: 0, over: false },
        { place: 'STREAM', kind: 'FOREIGN', events: 1, healed: 0, over: false },
      ]);
      expect(await state()).toMatchObject({ state: 'DIFFERS' });
      expect((await figures()).totals[2]).toBe(before.totals[2]);
      for (const [table, column] of [
        ['event_log', 'record_id'],
        ['opportunity_change', 'id'],
        ['opportunity', 'id'],
      ])
        await house.engine.execute(`delete from ${table} where ${column} = {id:String}`, { id: stranger!.subject });
    },
    TEST_MS,
  );

  it(
    'fills a stream that was lost; nothing is counted twice',
    async () => {
      const before = await figures();
      const jsm = await house.broker.jsm();
      await jsm.streams.delete('SALES');
      await reconciler.run();
      await house.settled();
      expect(await figures()).toEqual(before);
      const { rows } = await sql<{ n: number }>`select count(*)::int as n from outbox`.execute(sales.database.sql);
      expect((await jsm.streams.info('SALES')).state.messages).toBe(rows[0]!.n);
      expect(await findings()).toContainEqual({
        place: 'STREAM',
        kind: 'STORE_LOST',
        events: rows[0]!.n,
        healed: rows[0]!.n,
        over: true,
      });
    },
    TEST_MS,
  );

  it(
    'fills a ClickHouse that was made anew, from the streams and beyond them from the ledger',
    async () => {
      const before = await figures();
      // The stream has aged: a third of it is only in the ledger.
      const jsm = await house.broker.jsm();
      const { config } = await jsm.streams.info('SALES');
      await jsm.streams.update('SALES', { ...config, duplicate_window: 100_000_000 });
      const { engine } = house;
      const tables = await engine.query<{ name: string }>(
        'select name from system.tables where database = currentDatabase()',
      );
      for (const { name } of tables) await engine.execute(`drop table ${name}`);
      await jsm.streams.purge('SALES', { keep: 40 });
      await reconciler.run();
      await house.settled();
      await reconciler.run();
      expect(await figures()).toEqual(before);
      expect(await findings()).toContainEqual(
        expect.objectContaining({ place: 'EVENT_LOG', kind: 'STORE_LOST', over: true }),
      );
      expect(await state()).toMatchObject({ state: 'EQUAL' });
    },
    TEST_MS,
  );

  it(
    'notices that a version is missing in the ledger itself',
    async () => {
      const events = deals(1);
      await tell([events[0]!, events[2]!]);
      await reconciler.run();
      expect(await findings()).toEqual([{ place: 'VERSIONS', kind: 'MISSING', events: 1, healed: 0, over: false }]);
      await tell([events[1]!]);
      await reconciler.run();
      expect(await findings()).toMatchObject([{ place: 'VERSIONS', over: true }]);
    },
    TEST_MS,
  );
});
