import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../deploy/local/paths.ts';
import { WITHOUT_PAGES } from '../../deploy/local/processes.ts';
import { settleVenv } from '../venv.ts';
import { bringAgreed } from './agreed.ts';
import { foundEnterprise, type Enterprise } from './enterprise.ts';
import { until } from './person.ts';

/** An analyst with a key, by the guide: its commands and questions are run as they stand there, by ClickHouse's own client. */
const CLIENT = 'clickhouse-connect[sqlalchemy]==1.12.*';
const GUIDE = readFileSync(join(ROOT, 'docs/guide/analyst.md'), 'utf8');
const blocks = (language: string): string[] =>
  [...GUIDE.matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, 'g'))].map(([, text]) => text!);

const settled = ((): { programs: string } | { missing: string } => {
  try {
    return { programs: settleVenv('clickhouse-connect', CLIENT) };
  } catch (error) {
    return { missing: (error as Error).message };
  }
})();
if ('missing' in settled) console.warn(`analyst: clickhouse-connect is not run: ${settled.missing}`);

const FRESH_MS = 20_000;
const folder = mkdtempSync(join(tmpdir(), 'pelagic-analyst-'));
let house: Enterprise;
let key = '';

const keyOf = async (employeeId: string): Promise<string> =>
  (await house.admin.post('/v1/api-keys', { name: 'Notebook', employeeId, rateLimitPerMinute: 1_000 })).secret;

const ask = (statement: string, signal?: AbortSignal): Promise<Response> =>
  fetch(`${house.base}/v1/analytics/sql`, {
    method: 'POST',
    body: statement,
    headers: { 'x-clickhouse-key': key },
    ...(signal && { signal }),
  });

/** A deal and a contract that is partly paid, of three leads one. */
const business = async (ownerId: string): Promise<void> => {
  const { admin } = house;
  for (const name of ["O'Hara 贸易", 'Acme', '恒通科技'])
    await admin.post('/v1/leads', { name, company: name, emails: ['a@example.com'], ownerId });
  const customer = await admin.post('/v1/customers', { name: '海蓝', emails: ['b@example.com'], ownerId });
  const deal = { customerId: customer.id, amount: { amount: '1200.50', currency: 'CNY' }, ownerId };
  await admin.post('/v1/opportunities', { ...deal, name: '年度采购', expectedCloseDate: '2026-12-01' });
  const contractId = await bringAgreed(admin, { name: '采购合同', customerId: customer.id, amount: '900', ownerId });
  await admin.post('/v1/receipts', {
    contractId,
    amount: { amount: '400' },
    receiveDate: '2026-03-02',
    method: 'RECEIPT_METHOD_TRANSFER',
  });
};

beforeAll(async () => {
  house = await foundEnterprise({ only: WITHOUT_PAGES });
  const analyst = await house.hire('analyst', '数据分析师', house.rootId);
  await business(analyst.id);
  key = await keyOf(analyst.id);
  const counted = async (view: string): Promise<string> => (await ask(`select count() from ${view}`)).text();
  await until('what was entered', FRESH_MS, async () => (await counted('leads')) === '3\n');
  await until('what was received', FRESH_MS, async () => (await counted('receipts')) === '1\n');
}, 300_000);
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await house?.stop();
}, 60_000);

it('runs the commands of the guide', () => {
  const [commands] = blocks('sh');
  const text = commands!.replace('plg_…', key).replaceAll('http://localhost:7300', house.base);
  const { stdout, stderr, status } = spawnSync('sh', ['-c', text], { encoding: 'utf8' });
  expect(`${status} ${stderr}`).toBe('0 ');
  expect(JSON.parse(stdout)).toMatchObject({ data: [{ state: 'LEAD_STATE_ASSIGNED', leads: 3 }] });
});

describe.skipIf('missing' in settled)('clickhouse-connect', () => {
  const python = (...args: string[]): string[] => {
    const { programs } = settled as { programs: string };
    return [join(programs, 'python'), ...args];
  };

  it('runs the Python and the questions of the guide', () => {
    const [questions, example] = ['questions.json', 'example.py'].map((name) => join(folder, name));
    writeFileSync(questions!, JSON.stringify(blocks('sql')));
    writeFileSync(example!, blocks('python')[0]!);
    const [program, ...args] = python(join(ROOT, 'test/mesh/analyst.py'), house.base, questions!, example!);
    const { stdout, stderr, status } = spawnSync(program!, args, {
      encoding: 'utf8',
      env: { ...process.env, PELAGIC_KEY: key },
    });
    expect(`${status} ${stderr}`).toBe('0 ');
    const said = JSON.parse(stdout) as Record<string, any>;
    expect(Object.keys(said['answers'] as object)).toHaveLength(blocks('sql').length);
    expect(said).toMatchObject({
      version: expect.stringMatching(/^\d+\.\d+/),
      by_parameter: [["O'Hara 贸易"]],
      amount: '1200.5000',
      many: 90_000,
      csv: '"name"\n"Acme"\n',
      refused: expect.stringContaining('[SQL_TABLE]'),
      setting: 'Setting max_execution_time is readonly',
      wrong_key: expect.stringContaining('AUTHENTICATION_FAILED'),
      sqlalchemy: {
        schemas: ['pelagic'],
        leads: true,
        columns: ['id', 'version', 'number', 'name'],
        there: [true, false],
        states: [['LEAD_STATE_ASSIGNED', 3]],
      },
      written: expect.stringContaining('[SQL_'),
      written_packed: expect.stringContaining('[MEDIA_TYPE_UNSUPPORTED]'),
    });
    expect(said['leads']).toHaveLength(3);
  });

  /** Both connections for statements are taken by this for half a minute, unless it ends with whoever asked it. */
  it('takes its query along when it dies', async () => {
    const endless =
      'select count() from calendar a join calendar b on a.weekday = b.weekday join calendar c on b.weekday = c.weekday';
    const text = `import sys, clickhouse_connect; clickhouse_connect.get_client(host='127.0.0.1', port=int(sys.argv[1]), username='x', password=sys.argv[2], proxy_path='/v1/analytics/sql').query(sys.argv[3])`;
    const [program, ...args] = python('-c', text, new URL(house.base).port, key, endless);
    const clients = [1, 2].map(() => spawn(program!, args, { stdio: 'ignore' }));
    const stop = new AbortController();
    const isBusy = async (): Promise<boolean> => {
      const answer = ask('select 1', AbortSignal.any([stop.signal, AbortSignal.timeout(1_500)]));
      return answer.then(
        () => false,
        () => true,
      );
    };
    await until('both connections to be taken', 15_000, isBusy);
    for (const client of clients) client.kill('SIGKILL');
    const began = performance.now();
    expect(await (await ask('select 1')).text()).toBe('1\n');
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});

it('lets a key in no longer than it is good, and asks only in its scope', async () => {
  const stranger = await house.hire('seller', '销售', house.rootId);
  const theirs = await keyOf(stranger.id);
  const answer = await fetch(`${house.base}/v1/analytics/sql?query=select%201`, {
    headers: { authorization: `Bearer ${theirs}`, 'accept-language': 'zh-CN' },
  });
  expect([answer.status, answer.headers.get('x-pelagic-reason')]).toEqual([403, 'PERMISSION_DENIED']);
  expect(answer.headers.get('x-clickhouse-exception-code')).toBe('497');
});

it('writes down who asked what', async () => {
  const { auditEntries } = await house.admin.get(
    `/v1/audit-entries?filter=${encodeURIComponent('action = "run_statement"')}`,
  );
  expect(auditEntries.length).toBeGreaterThan(0);
});
