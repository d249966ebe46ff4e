import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bindings, TEXTS } from '../question/bindings.ts';
import { ask, LIMITS } from '../question/limits.ts';
import { bucketsOf, startOf, startOfSql, type Grain } from '../question/period.ts';
import { openEngine, type Engine } from './engine.ts';
import { migrate } from './migrate.ts';

let engine: Engine;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pelagic-engine-'));
  engine = openEngine({ url: '', directory: join(folder, 'data'), cluster: '', readers: 2 });
  await engine.start();
});
afterAll(async () => {
  await engine?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const setting = async (name: string): Promise<string> =>
  (await engine.query<{ value: string }>('select value from system.settings where name = {name:String}', { name }))[0]!
    .value;

describe('settings', () => {
  it('hold for their own statement and leak into none that comes after or runs beside it', async () => {
    const before = await setting('max_result_rows');
    const strict = () => ask(engine, { sql: 'select number from numbers(10)', params: {} }, 'test');
    await strict();
    expect(await setting('max_execution_time')).toBe('0');
    await expect(engine.query('select number from numbers(10)', {}, { max_result_rows: 5 })).rejects.toThrow();
    const beside = await Promise.all(
      Array.from({ length: 20 }, (_, index) => (index % 2 ? strict() : setting('max_result_rows'))),
    );
    expect(beside.filter((answer) => typeof answer === 'string')).toEqual(Array.from({ length: 10 }, () => before));
    await engine.execute(
      'create table if not exists leak (n UInt8) engine = MergeTree order by n settings non_replicated_deduplication_window = 10',
    );
    await engine.insert('leak', [{ n: 1 }], 'once');
    await engine.insert('leak', [{ n: 1 }], 'once');
    await engine.insert('leak', [{ n: 1 }], 'twice');
    expect(await engine.query('select count() as n from leak')).toEqual([{ n: '2' }]);
    expect(await setting('insert_deduplication_token')).toBe('');
  });

  it('bound what a question may cost', async () => {
    const costly = (sql: string) => expect(ask(engine, { sql, params: {} }, 'test')).rejects;
    await costly('select number from numbers(100000)').toMatchObject({
      code: 'RESOURCE_EXHAUSTED',
      reason: 'QUESTION_TOO_LARGE',
    });
    await costly('select count() from numbers(1000000000)').toMatchObject({ code: 'RESOURCE_EXHAUSTED' });
    expect(Object.keys(LIMITS)).toEqual(
      expect.arrayContaining(['max_execution_time', 'max_memory_usage', 'max_rows_to_read', 'max_result_rows']),
    );
  });

  it('keep the engine within its memory', async () => {
    const found = await engine.query<{ name: string; value: string }>(
      "select name, value from system.server_settings where name in ('max_server_memory_usage', 'mark_cache_size') order by name",
    );
    expect(found.map(({ value }) => value)).toEqual(['32000000', '400000000']);
  });
});

describe('values', () => {
  it('come back as they went, whatever they hold', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme', maxLength: 20 }), { maxLength: 5 }),
        fc.string({ maxLength: 20 }),
        async (list, text) => {
          const { bind, params } = bindings();
          const [row] = await engine.query(
            `select ${bind(TEXTS, list)} as list, ${bind('String', text)} as text`,
            params,
          );
          expect(row).toEqual({ list, text });
        },
      ),
      { numRuns: 15, examples: [[["'", '\\', "\\'", '\t\n', '客户'], "') or 1=1 --"]] },
    );
  });
});

describe('periods', () => {
  it('begin on the same day in SQL as here, whatever the fiscal year', async () => {
    const days = ['2024-02-29', '2025-01-01', '2025-12-31', '2026-03-31', '2026-04-01', '2026-11-15'];
    for (const grain of ['day', 'week', 'month', 'quarter', 'year'] as Grain[]) {
      for (const fiscalStart of [1, 4, 7, 12]) {
        const [row] = await engine.query<{ starts: string[] }>(
          `select arrayMap(day -> ${startOfSql(grain, 'day', fiscalStart)}, {days:Array(Date32)}) as starts`,
          { days },
        );
        expect([grain, fiscalStart, row!.starts]).toEqual([
          grain,
          fiscalStart,
          days.map((day) => startOf(grain, Temporal.PlainDate.from(day), fiscalStart).toString()),
        ]);
      }
    }
  });

  it('cover the span without gap or overlap', () => {
    expect(bucketsOf({ from: '2026-02-10', to: '2026-08-05' }, 'quarter', 4)).toEqual([
      { start: '2026-01-01', end: '2026-03-31' },
      { start: '2026-04-01', end: '2026-06-30' },
      { start: '2026-07-01', end: '2026-08-05' },
    ]);
    expect(bucketsOf({ from: '2026-01-01', to: '2026-01-11' }, 'week', 1).map(({ start }) => start)).toEqual([
      '2025-12-29',
      '2026-01-05',
    ]);
  });
});

describe('migrations', () => {
  const folderOf = (files: Record<string, string>): URL => {
    const path = mkdtempSync(join(folder, 'migrations-'));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
    return pathToFileURL(`${path}/`);
  };
  const first = {
    '0001_a.sql': '-- A table.\ncreate table if not exists a {on_cluster} (n UInt8) engine = {engine}() order by n;\n',
  };

  it('run once, in order, and refuse to be edited or taken away', async () => {
    expect(await migrate(engine, folderOf(first))).toEqual(['0001_a.sql']);
    expect(
      await migrate(
        engine,
        folderOf({
          ...first,
          '0002_b.sql':
            'alter table a add column if not exists m UInt8;\n\nalter table a add column if not exists o UInt8;\n',
        }),
      ),
    ).toEqual(['0002_b.sql']);
    expect(
      await migrate(
        engine,
        folderOf({
          ...first,
          '0002_b.sql':
            'alter table a add column if not exists m UInt8;\n\nalter table a add column if not exists o UInt8;\n',
        }),
      ),
    ).toEqual([]);
    // What a newer release ran is none of ours.
    expect(await migrate(engine, folderOf(first))).toEqual([]);
    await expect(migrate(engine, folderOf({ '0002_b.sql': '' }))).rejects.toThrow('0001_a.sql');
    await expect(
      migrate(engine, folderOf({ '0001_a.sql': `${first['0001_a.sql']}\n`, '0002_b.sql': '' })),
    ).rejects.toThrow('was changed');
  });

  it('are one text for a single node and a cluster', async () => {
    const run: string[] = [];
    const recording: Engine = {
      ...engine,
      cluster: 'blue',
      execute: async (sql) => void run.push(sql),
      query: async () => [],
      insert: async () => undefined,
    };
    await migrate(recording, folderOf(first));
    expect(run[1]).toContain(
      'create table if not exists a on cluster `blue` (n UInt8) engine = ReplicatedReplacingMergeTree() order by n',
    );
  });
});

it('keeps nothing of a query that failed for the next one', async () => {
  for (let round = 0; round < 5; round += 1) {
    const limits = { max_result_rows: 100_000, result_overflow_mode: 'throw', max_block_size: 1_000 };
    await expect(engine.query('select number from numbers(1000000)', {}, limits)).rejects.toMatchObject({
      code: '396',
    });
    await expect(engine.bytes('select number from numbers(1000000)', {}, limits, 'CSV')).rejects.toMatchObject({
      code: '396',
    });
  }
  for (let round = 0; round < 5; round += 1) {
    expect(await engine.query('select 1 as n')).toEqual([{ n: 1 }]);
    const { bytes, rows } = await engine.bytes('select 1', {}, { max_threads: 1 }, 'CSV');
    expect([bytes.toString(), rows]).toEqual(['1\n', 1]);
  }
});

it('ends a query by a text in it', async () => {
  const slow = engine.bytes(
    'select count() from numbers(1000000000000)',
    {},
    { log_comment: 'sql 4711', max_execution_time: 15 },
    'CSV',
  );
  const ended = expect(slow).rejects.toMatchObject({ code: '394' });
  await new Promise((resolve) => setTimeout(resolve, 500));
  await engine.kill('sql 4711');
  await ended;
});
