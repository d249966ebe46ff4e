import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadDemo, WHILE_LOADING } from '../../deploy/local/demo.ts';
import { startMesh, type Mesh } from '../../deploy/local/mesh.ts';
import { anyFreeBasePort } from '../../deploy/local/ports.ts';
import { SERVICES } from '../../deploy/local/processes.ts';
import { busyness } from './person.ts';

/** A twentieth of the demo, with a last day of its own: the same at every time and on every machine. All of it at night. */
const SHARE = Number(process.env['DEMO_SHARE'] ?? 0.05);
/** In which all of it is loaded, on a machine that does nothing else; what it does already is allowed for. */
const LOADED_MS = 180_000;
const BUSY = busyness();
const END = '2026-08-01';

const dataDir = mkdtempSync(join(tmpdir(), 'pelagic-demo-'));
let mesh: Mesh | undefined;
let loadedMs = 0;

beforeAll(async () => {
  mesh = await startMesh({
    dataDir,
    basePort: await anyFreeBasePort(),
    only: SERVICES,
    env: WHILE_LOADING.env,
  });
  const began = performance.now();
  await loadDemo(mesh, { share: SHARE, end: END });
  loadedMs = performance.now() - began;
}, LOADED_MS * 5);
afterAll(async () => {
  await mesh?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const ask = async (database: string, query: string): Promise<Record<string, unknown>> => {
  const client = new pg.Client({ connectionString: mesh!.databaseUrl(database) });
  await client.connect();
  const { rows } = await client.query<Record<string, unknown>>(query);
  await client.end();
  return rows[0]!;
};

/** How many rows, and a digest of what the columns say in them; ids and the times of the machine are not among these. */
const digest = (table: string, ...columns: string[]) => {
  const text = `concat_ws('|', ${columns.join()})`;
  return `select count(*)::int, md5(string_agg(${text}, E'\\n' order by ${text} collate "C")) from ${table}`;
};

it('the demo has the amounts that it promises, as the whole does', async () => {
  const counts = {
    ...(await ask(
      'customer',
      `select (select count(*)::int from lead) as leads, (select count(*)::int from customer) as customers,
        (select count(*)::int from contact) as contacts, (select count(*)::int from activity) as activities`,
    )),
    ...(await ask('customer', "select count(*)::int as tagged from lead where tag_ids <> '{}'")),
    ...(await ask('sales', 'select count(*)::int as opportunities from opportunity')),
    ...(await ask('sales', 'select count(*)::int as contracts from contract')),
    ...(await ask('sales', 'select count(*)::int as targets from target')),
    ...(await ask('marketing', 'select count(*)::int as campaigns from campaign')),
    ...(await ask('customer', 'select count(*)::int as attributed from lead where campaign_id is not null')),
    ...(await ask(
      'office',
      'select (select count(*)::int from task) as tasks, (select count(*)::int from schedule) as schedules, (select count(*)::int from work_log) as work_logs',
    )),
    ...(await ask('ticket', 'select count(*)::int as tickets from ticket')),
    ...(await ask('identity', 'select count(*)::int as employees from employee')),
  };
  const promised = {
    leads: 3_000,
    customers: 1_200,
    contacts: 2_500,
    opportunities: 2_000,
    activities: 20_000,
    tasks: 600,
    tickets: 1_500,
    contracts: 700,
    schedules: 400,
    work_logs: 2_000,
    targets: 1_500,
  };
  expect(counts['employees']).toBe(43);
  expect(counts['campaigns']).toBe(12);
  expect(counts['attributed']).toBeGreaterThan(0);
  expect(counts['tagged']).toBeGreaterThan(0);
  for (const [noun, amount] of Object.entries(promised))
    expect.soft(counts[noun as keyof typeof counts], noun).toBeGreaterThanOrEqual(amount * SHARE);
});

it.runIf(SHARE === 1)('all of it is loaded in three minutes', () => {
  console.info(`loaded in ${(loadedMs / 1_000).toFixed(0)} s`);
  expect(loadedMs).toBeLessThan(LOADED_MS * BUSY);
});

// Of the twentieth: what they come to is written down.
it.runIf(SHARE === 0.05)('the same seed and end make the same records, numbers and sums', async () => {
  const made = {
    leads: await ask('customer', digest('lead', 'number', 'name', 'company', 'phones', 'state', 'create_time')),
    customers: await ask('customer', digest('customer', 'number', 'name', 'create_time', 'next_contact_date')),
    contacts: await ask('customer', digest('contact', 'number', 'name', 'phones', 'create_time')),
    activities: await ask('customer', digest('activity', 'kind', 'content', 'happen_time', 'next_contact_date')),
    opportunities: await ask(
      'sales',
      digest('opportunity', 'number', 'name', 'amount', 'currency', 'base_amount', 'state', 'close_date'),
    ),
    tickets: await ask('ticket', digest('ticket', 'number', 'name', 'state', 'late', 'create_time', 'solve_minutes')),
    receipts: await ask('sales', digest('receipt', 'number', 'amount', 'allocations::text <> $$[]$$', 'receive_date')),
    won: await ask(
      'sales',
      "select count(*)::int, sum(base_amount) from opportunity where state = 'OPPORTUNITY_STATE_WON'",
    ),
  };
  expect(made).toMatchInlineSnapshot(`
    {
      "activities": {
        "count": 1005,
        "md5": "91769be4ec5f7727964ce865c58e97f7",
      },
      "contacts": {
        "count": 126,
        "md5": "6b35883b89cdfa2d68dde606e12c0df1",
      },
      "customers": {
        "count": 61,
        "md5": "b8390489d20583802cd6d6d21453d3b9",
      },
      "leads": {
        "count": 150,
        "md5": "d22c1b4950bcf3e56eb92174d0549b6b",
      },
      "opportunities": {
        "count": 103,
        "md5": "cca6ea314616b5487f7ecae5fafb3193",
      },
      "receipts": {
        "count": 44,
        "md5": "9f98ab2a194dde81fe7da1b0594cdc7c",
      },
      "tickets": {
        "count": 75,
        "md5": "bec2838964d3b900a9328739281bdf11",
      },
      "won": {
        "count": 35,
        "sum": "5689925.0000",
      },
    }
  `);
});
