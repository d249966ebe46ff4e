import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStreams, publisher, settledOn, tempDirectory } from '../testing/house.ts';
import { storyteller } from '../testing/story.ts';

const SCRIPT = fileURLToPath(new URL('../testing/counting-process.ts', import.meta.url));
const TEST_MS = 90_000;

let streams: Awaited<ReturnType<typeof openStreams>>;
let folder: string;
const running = new Set<ChildProcess>();

beforeAll(async () => {
  streams = await openStreams('crash');
  folder = tempDirectory();
});
afterAll(async () => {
  for (const child of running) child.kill('SIGKILL');
  await streams?.close();
  rmSync(folder, { recursive: true, force: true });
});

const start = (crashAt = ''): ChildProcess => {
  const env = {
    ...process.env,
    DATABASE_URL: streams.databaseUrl,
    NATS_URL: streams.bus.url,
    CLICKHOUSE_DIR: folder,
    PELAGIC_CRASH_AT: crashAt,
  };
  const child = spawn(process.execPath, [SCRIPT], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
};

/** What it has counted when it is told to stop. */
const figures = async (child: ChildProcess): Promise<Record<string, string>> => {
  const lines = createInterface(child.stdout!)[Symbol.asyncIterator]();
  expect((await lines.next()).value).toBe('ready');
  await settledOn(streams.broker, streams.database);
  child.kill('SIGTERM');
  return JSON.parse(String((await lines.next()).value)) as Record<string, string>;
};

/** Ten deals of 10.25 that move and are raised to 20.50: thirty events. */
const told = () => {
  const story = storyteller();
  const at = { at: '2026-03-01T02:00:00Z' };
  const amount = (value: string) => ({ amount: value, currency: 'CNY', baseAmount: value });
  for (let deal = 0; deal < 10; deal += 1) {
    const id = story.create(
      'crm.sales.opportunity.created.v1',
      {
        name: 'Deal',
        state: 'OPPORTUNITY_STATE_OPEN',
        stageId: 'a',
        amount: amount('10.25'),
        createDate: '2026-03-01',
      },
      at,
    );
    story.change('crm.sales.opportunity.moved.v1', id, { stageId: 'b' }, at);
    story.change('crm.sales.opportunity.updated.v1', id, { amount: amount('20.50') }, at);
  }
  return story.told;
};

describe('the ingest, killed at each of its steps', () => {
  let deals = 0;

  it.each(['ingest.manifest', 'ingest.logged', 'ingest.changed', 'ingest.inserted', 'ingest.done'])(
    'counts everything once: %s',
    async (step) => {
      await publisher(streams.broker)(told());
      deals += 10;
      const victim = start(step);
      const [code, signal] = (await once(victim, 'exit')) as [number | null, string | null];
      expect([code, signal]).toEqual([null, 'SIGKILL']);
      const { rows: begun } = await sql<{
        first_seq: string;
        last_seq: string;
      }>`select first_seq, last_seq from ingest_batch where state = 'writing'`.execute(streams.database.sql);
      expect(begun).toHaveLength(step === 'ingest.done' ? 0 : 1);

      const counted = await figures(start());
      expect(counted).toMatchObject({
        events: String(deals * 3),
        deals: String(deals),
        open_amount: String(deals * 20.5),
        stock: String(deals),
        stock_amount: String(deals * 20.5),
      });
      // Nothing was even written twice: the retry carried the tokens of the first attempt.
      expect([counted['logged'], counted['changed']]).toEqual([String(deals * 3), String(deals * 3)]);
      for (const { first_seq, last_seq } of begun) {
        const { rows } =
          await sql`select 1 from ingest_batch where first_seq = ${first_seq} and last_seq = ${last_seq} and state = 'done'`.execute(
            streams.database.sql,
          );
        expect(rows).toHaveLength(1);
      }
    },
    TEST_MS,
  );

  it(
    'reads a stream that was made anew from its beginning',
    async () => {
      const jsm = await streams.broker.jsm();
      const { config } = await jsm.streams.info('SALES');
      await jsm.streams.delete('SALES');
      await jsm.streams.add(config);
      const events = told();
      await publisher(streams.broker)(events);
      deals += 10;
      expect(await figures(start())).toMatchObject({
        events: String(deals * 3),
        deals: String(deals),
        stock: String(deals),
      });
    },
    TEST_MS,
  );
});
