import { rmSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Caller } from '@pelagic/chassis/caller';
import type { Database } from '@pelagic/chassis/database';
import type { RunStatementResponse } from '@pelagic/proto/crm/analytics/v1/sql';
import { openDirectory } from '../directory/directory.ts';
import { openEngine, type Engine } from '../engine/engine.ts';
import { migrate } from '../engine/migrate.ts';
import { reader, tempDirectory } from '../testing/house.ts';
import { runStatement, type SqlHouse } from './run.ts';
import { openTurns } from './turns.ts';

const folder = tempDirectory();
let engine: Engine;
let house: SqlHouse;
let noted: { action: string; detail?: unknown }[];

const ann = reader({ 'lead.read': 'OWN', 'analytics.query': 'ALL' }, { id: '00000000-0000-7000-8000-00000000000a' });

beforeAll(async () => {
  engine = openEngine({ url: '', directory: folder, cluster: '', analysts: 2 });
  await engine.start();
  await migrate(engine);
});
beforeEach(() => {
  noted = [];
  house = {
    ...{ engine, directory: openDirectory(engine), turns: openTurns(2), database: {} as Database },
    audit: { note: async (_rows, _caller, entry) => void noted.push(entry) },
  };
});
afterAll(async () => {
  await engine?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const run = (statement: string, more: { format?: string; maxRows?: number } = {}, caller: Caller = ann) =>
  runStatement(house, { statement, format: '', parameters: {}, maxRows: 0, ...more }, caller);

const answered = async (parts: AsyncIterable<RunStatementResponse>): Promise<{ format: string; text: string }> => {
  let [format, text] = ['', ''];
  for await (const { part } of parts)
    if (part?.$case === 'head') ({ format } = part.value);
    else if (part?.$case === 'chunk') text += part.value.toString();
  return { format, text };
};

const running = async (): Promise<number> => {
  const [row] = await engine.query<{ n: string }>(
    "select count() as n from system.processes where query like '%addDays%' and query not like '%system.processes%'",
  );
  return Number(row!.n);
};

/** Days of a weekday in threes: an hour of work, were it let. */
const ENDLESS =
  'select count() from calendar a join calendar b on a.weekday = b.weekday join calendar c on b.weekday = c.weekday';

const until = async (holds: () => Promise<boolean>, limitMs: number): Promise<boolean> => {
  for (const began = performance.now(); performance.now() - began < limitMs;)
    if (await holds()) return true;
    else await new Promise((resolve) => setTimeout(resolve, 50));
  return false;
};

it('brings records together with their tags', async () => {
  const state = JSON.stringify({ id: 't1', name: 'VIP', service: 'customer', version: 1 });
  await engine.insert('directory', [{ noun: 'tag', id: 't1', version: 1, state }], 'tag');
  const owned = { version: 1, owner_id: ann.id, create_time: '2026-05-06 04:00:00', create_date: '2026-05-06' };
  const leads = ['a', 'b'].map((id) => ({ ...owned, id, tag_ids: id === 'a' ? ['t1', 't2'] : [] }));
  await engine.insert('lead', leads, 'tagged leads');
  const joined =
    'select t.name, l.id from (select id, tag from leads array join tag_ids as tag) l join tags t on t.id = l.tag';
  expect((await answered(run(joined, { format: 'TabSeparated' }))).text).toBe('VIP\ta\n');
  const tagged = "select count() from leads where has(tag_ids, 't2')";
  expect((await answered(run(tagged, { format: 'TabSeparated' }))).text).toBe('1\n');
});

it('answers in the format of the statement, or of the request, and says who asked what', async () => {
  expect(await answered(run('select year from calendar limit 1 format CSV', { format: 'JSON' }))).toEqual({
    format: 'CSV',
    text: '2000\n',
  });
  expect((await answered(run('select 1 as n', { format: 'JSONEachRow' }))).text).toBe('{"n":1}\n');
  expect((await answered(run('select year from calendar order by date', { maxRows: 3 }))).text).toBe(
    '2000\n2000\n2000\n',
  );
  expect(noted.map(({ action }) => action)).toEqual(['run_statement', 'run_statement']);
  expect(noted[0]!.detail).toMatchObject({ views: ['calendar'], format: 'CSV', rows: 1, bytes: 5 });
});

it('ends a query in the engine when whoever asked is gone', async () => {
  const parts = run(ENDLESS);
  expect((await parts.next()).value?.part?.$case).toBe('progress');
  expect(await until(async () => (await running()) === 1, 5_000)).toBe(true);
  const began = performance.now();
  await parts.return(undefined);
  expect(await running()).toBe(0);
  expect(performance.now() - began).toBeLessThan(5_000);
  expect((await answered(run('select 1'))).text).toBe('1\n');
});

it('answers figures while statements run', async () => {
  const endless = [run(ENDLESS), run(ENDLESS)];
  for (const parts of endless) await parts.next();
  expect(await until(async () => (await running()) === 2, 5_000)).toBe(true);
  expect(await engine.query('select 1 as n')).toEqual([{ n: 1 }]);
  await Promise.all(endless.map((parts) => parts.return(undefined)));
  expect(await running()).toBe(0);
});

it('leaves nothing of a statement that failed to the next one', async () => {
  await expect(answered(run('select a.date from calendar a join calendar b on a.year = b.year'))).rejects.toMatchObject(
    { reason: 'SQL_RESULT_TOO_LARGE' },
  );
  for (let round = 0; round < 4; round += 1) expect((await answered(run('select 1'))).text).toBe('1\n');
});

it('lets no statement change how the next one is run', async () => {
  const limits = "select name, value from system.settings where name in ('max_threads', 'limit', 'max_memory_usage')";
  const before = await engine.query(limits);
  await answered(run('select year from calendar', { maxRows: 3 }));
  expect(await engine.query(limits)).toEqual(before);
  expect((await answered(run('select count() from calendar where year = 2026'))).text).toBe('365\n');
});
