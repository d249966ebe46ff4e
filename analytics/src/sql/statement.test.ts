import { readFileSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '@pelagic/chassis/caller';
import { openDirectory } from '../directory/directory.ts';
import { openEngine, type Engine, type Row } from '../engine/engine.ts';
import { migrate } from '../engine/migrate.ts';
import { reader, tempDirectory } from '../testing/house.ts';
import { problemWith, STATEMENT_LIMITS } from './limits.ts';
import { understand } from './statement.ts';
import { VIEWS } from './views/catalogue.ts';

const folder = tempDirectory();
let engine: Engine;

const ANN = '00000000-0000-7000-8000-00000000000a';
const BOB = '00000000-0000-7000-8000-00000000000b';

const lead = (id: string, name: string, owner: string, more: Row = {}): Row => ({
  ...{ id, version: 1, name, owner_id: owner, department_id: 'd1', state: 'LEAD_STATE_NEW', create_date: '2026-03-01' },
  ...more,
});

beforeAll(async () => {
  engine = openEngine({ url: '', directory: folder, cluster: '' });
  await engine.start();
  await migrate(engine);
  await engine.insert(
    'lead',
    [lead('l1', 'Old name', ANN), lead('l2', 'Bob’s secret', BOB), lead('l3', 'In the bin', ANN, { deleted: 1 })],
    '1',
  );
  await engine.insert('lead', [lead('l1', 'Acme', ANN, { version: 2 })], '2');
  await engine.insert(
    'customer',
    [
      { id: 'c1', version: 1, name: 'Ann’s', owner_id: ANN },
      { id: 'c2', version: 1, name: 'Bob’s', owner_id: BOB },
    ],
    '3',
  );
  await engine.insert(
    'contact',
    [
      { id: 'p1', version: 1, name: 'Li', customer_id: 'c1', is_primary: 'yes' },
      { id: 'p2', version: 1, name: 'Wu', customer_id: 'c2' },
    ],
    '4',
  );
});
afterAll(async () => {
  await engine?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const READ = { 'lead.read': 'OWN', 'customer.read': 'OWN', 'contact.read': 'OWN', 'analytics.query': 'ALL' } as const;
const ann = reader(READ, { id: ANN });

const ask = async (
  statement: string,
  caller: Caller = ann,
  parameters: Record<string, string> = {},
): Promise<Row[]> => {
  const around = { caller, directory: openDirectory(engine).now(), now: new Date(), database: await engine.database() };
  const { sql, params } = understand({ statement, parameters }, around);
  try {
    const { bytes } = await engine.bytes(sql, params, STATEMENT_LIMITS, 'JSONEachRow');
    return bytes
      .toString()
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Row);
  } catch (error) {
    throw problemWith(error);
  }
};

it.each([
  'select name from leads',
  'select l.name from leads as l',
  'select name from (select * from leads) where 1',
  'with mine as (select * from leads) select name from mine',
  'with lead as (select 1 as id) select name from leads',
  "select name from leads where name in ('Acme', 'Bob’s secret', 'In the bin', 'Old name')",
  'select distinct leads.name from leads order by leads.name limit 5',
])('shows the last version of the caller’s own records only: %s', async (statement) => {
  expect(await ask(statement)).toEqual([{ name: 'Acme' }]);
});

it('sees what hangs on a record with it', async () => {
  expect(await ask('select name, primary from contacts')).toEqual([{ name: 'Li', primary: true }]);
  expect(await ask("with customer as (select 'c2' as id, 0 as x) select name from contacts")).toEqual([{ name: 'Li' }]);
});

it('tells by no error what a hidden record holds', async () => {
  expect(await ask("select name from leads where intDiv(1, if(name = 'Bob’s secret', 0, 1)) = 1")).toEqual([
    { name: 'Acme' },
  ]);
});

it('reads nothing without the right to the noun', async () => {
  await expect(ask('select count() from tickets')).rejects.toMatchObject({ reason: 'SQL_TABLE' });
});

it('narrows by the scope of the right to ask', async () => {
  const all = { 'lead.read': 'ALL', 'analytics.query': 'ALL' } as const;
  const number = async (caller: Caller) => (await ask('select count() as n from leads', caller))[0]!['n'];
  expect(await number(reader(all, { id: BOB }))).toBe(2);
  expect(await number(reader({ ...all, 'analytics.query': 'OWN' }, { id: BOB }))).toBe(1);
});

it('has every column of every view', async () => {
  const nouns = [...VIEWS.values()].flatMap((view) => (view.kind === 'records' ? [view.cube.noun] : []));
  const caller = reader({
    ...Object.fromEntries(nouns.map((noun) => [`${noun}.read`, 'ALL' as const])),
    'product.read': 'ALL',
    'analytics.query': 'ALL',
  });
  const around = { caller, directory: openDirectory(engine).now(), now: new Date(), database: await engine.database() };
  for (const [name, { columns }] of VIEWS) {
    const { sql, params } = understand({ statement: `select * from ${name} limit 0`, parameters: {} }, around);
    const { bytes: told } = await engine.bytes(sql, params, STATEMENT_LIMITS, 'TabSeparatedWithNamesAndTypes');
    const [names, types] = told
      .toString()
      .split('\n')
      .map((line) => line.replaceAll("\\'", "'").split('\t'));
    expect([name, names, types]).toEqual([name, Object.keys(columns), Object.values(columns).map(({ type }) => type)]);
  }
});

describe('says what is wrong', () => {
  it.each([
    ['select nonsense from leads', 'SQL_COLUMN'],
    ["select 1 + 'a' from leads", 'SQL_NOT_UNDERSTOOD'],
    ['select name, count() from leads', 'SQL_NOT_UNDERSTOOD'],
    [
      'select a.date from calendar a join calendar b on a.year = b.year join calendar c on b.year = c.year',
      'SQL_RESULT_TOO_LARGE',
    ],
    ['select {day:Date32}', 'SQL_PARAMETER'],
  ])('%s', async (statement, reason) => {
    await expect(ask(statement)).rejects.toMatchObject({ reason });
  });
});

describe('what clients look up', () => {
  const names = async (statement: string, caller?: Caller): Promise<unknown[]> =>
    (await ask(statement, caller)).map(({ name }) => name);

  it('is told of the views that the caller may read, and of nothing else', async () => {
    expect(await names('SHOW TABLES FROM `pelagic`')).toEqual([
      ...['calendar', 'contacts', 'customers', 'departments', 'employees', 'leads', 'pipelines'],
      ...['product_categories', 'queues', 'tags'],
    ]);
    expect(await names('show tables from "default"')).toEqual([]);
    expect(await names('show databases')).toEqual(['pelagic']);
    expect(await names("select name from system.tables where database = 'pelagic' and name like 'l%'")).toEqual([
      'leads',
    ]);
    const few = reader({ 'analytics.query': 'ALL' });
    expect(await names('show tables', few)).not.toContain('leads');
  });

  it('has the columns of a view, without those that are hidden', async () => {
    const hiding = reader(READ, { id: ANN, fields: { lead: { hidden: ['name'] } } });
    expect((await ask('describe table pelagic.leads')).slice(0, 4)).toMatchObject([
      { name: 'id', type: 'String', default_type: '' },
      { name: 'version', type: 'UInt32' },
      { name: 'number' },
      { name: 'name' },
    ]);
    expect(await names('DESC `leads`', hiding)).not.toContain('name');
    expect(await names("select c.name from system.columns as c where c.table = 'leads'", hiding)).not.toContain('name');
    await expect(ask('describe tickets')).rejects.toMatchObject({ reason: 'SQL_TABLE' });
  });

  it('says what there is', async () => {
    expect(await ask('exists table pelagic.leads')).toEqual([{ result: 1 }]);
    expect(await ask('EXISTS `tickets`')).toEqual([{ result: 0 }]);
    expect(await ask('exists database pelagic')).toEqual([{ result: 1 }]);
    expect(await ask("describe `leads' or 1 = 1 --`").catch(({ reason }: { reason: string }) => reason)).toBe(
      'SQL_TABLE',
    );
    expect(await ask("exists `leads' or 1 = 1 --`")).toEqual([{ result: 0 }]);
  });

  it('lets views be named within their database', async () => {
    expect(await names('select l.name as name from pelagic.leads as l')).toEqual(['Acme']);
    expect(await names('select `pelagic`.`leads`.`name` from `pelagic`.`leads`')).toEqual(['Acme']);
  });
});

it('takes parameters', async () => {
  expect(await ask('select name from leads where name = {name:String}', ann, { name: 'Acme' })).toEqual([
    { name: 'Acme' },
  ]);
  expect(await ask('select {text:String} as text', ann, { text: "it\\'s\\ta \\\\" })).toEqual([{ text: "it's\ta \\" }]);
});

it.each([
  ['select 1 + 2 * 3 as n', 7],
  ['select -2 + 3 as n', 1],
  ["select case when 1 > 2 then 'a' else 'b' end as n", 'b'],
  ['select count(distinct name) as n from leads', 1],
  ['select quantile(0.5)(year) as n from calendar where year = 2026', 2026],
  ['select arraySum(x -> x * 2, [1, 2]) as n', 6],
  ["select toString(date '2026-03-01' + interval 1 month) as n", '2026-04-01'],
  [
    'select n from (select row_number() over (partition by year order by date) as n from calendar) order by n desc limit 1',
    366,
  ],
  ['select 1 as n union all select 2 intersect select 3', 1],
  ['with a as (select 1 as n) select n from a union distinct select n from a', 1],
  ["select countIf(name like 'A%') as n from leads where not deleted_by is null", undefined],
  ["select extract(year from toDate('2026-03-01')) as n", 2026],
  ["select ('a', 'b').2 as n", 'b'],
  ["select splitByChar(',', 'a,b')[2] as n", 'b'],
  ['select sum(n) filter (where n > 1) as n from (select arrayJoin([1, 2, 3]) as n)', 5],
  ['select l.name as n from leads l left join customers c on c.owner_id = l.owner_id and c.name is not null', 'Acme'],
  ["select fiscal_year as n from calendar where date = toDate32('2026-03-01')", '2026-01-01'],
])('understands %s', async (statement, expected) => {
  if (expected === undefined) return expect(ask(statement)).rejects.toMatchObject({ reason: 'SQL_COLUMN' });
  expect((await ask(statement))[0]!['n']).toEqual(
    typeof expected === 'number' ? expect.toSatisfy((n) => Number(n) === expected) : expected,
  );
});

const GUIDE = new URL('../../../docs/guide/analyst.md', import.meta.url);
const questions = [...readFileSync(GUIDE, 'utf8').matchAll(/```sql\n([^]*?)```/g)].map(([, statement]) => statement!);

it('answers the questions of the guide', async () => {
  expect(questions.length).toBeGreaterThanOrEqual(4);
  const nouns = ['lead', 'opportunity', 'contract', 'receipt', 'product'];
  const caller = reader({
    ...Object.fromEntries(nouns.map((noun) => [`${noun}.read`, 'ALL' as const])),
    'analytics.query': 'ALL',
  });
  for (const question of questions) expect(await ask(question, caller)).toBeInstanceOf(Array);
});
