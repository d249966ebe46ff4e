import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openBroker, streamOf } from '@pelagic/chassis/broker';
import { createLog } from '@pelagic/chassis/log';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEmbedded } from '../../analytics/src/engine/embedded.ts';
import { readRange, streamState } from '../../analytics/src/ingest/read.ts';
import { partsOf } from '../../deploy/local/paths.ts';
import { SERVICES, WITHOUT_PAGES } from '../../deploy/local/processes.ts';
import { PACE } from '../../deploy/local/supervise.ts';
import { foundEnterprise, reachable, type Employed, type Enterprise } from './enterprise.ts';
import { until } from './person.ts';

/** Conversions go on while a process dies at one of their steps: at the end each is there once and whole. */
let house: Enterprise;
let seller: Employed;
let marks: string;

const SETTLED_MS = 30_000;
/** Processes die and start over and over meanwhile, also on a machine that is busy with other things. */
const CONVERTED_MS = 150_000;

/** Where processes die while leads are converted. The ingest's own steps have a test of their own beside it. */
const DEATHS: Record<string, string[]> = {
  customer: [
    'conversion.reserve',
    'relay.published',
    'conversion.opportunity',
    'inbox.handled',
    'conversion.complete',
    'inbox.committed',
    'relay.read',
    'relay.marked',
  ],
  sales: ['inbox.handled', 'relay.published'],
  analytics: ['ingest.changed'],
};
const LEADS = 8;
const leads: string[] = [];

beforeAll(async () => {
  marks = mkdtempSync(join(tmpdir(), 'pelagic-marks-'));
  house = await foundEnterprise({
    only: WITHOUT_PAGES,
    pace: { ...PACE, firstMs: 50, longestMs: 200 },
  });
  seller = await house.hire('seller', '销售', await house.department('华东'));
  for (let place = 0; place < LEADS; place += 1) await enterLead();
}, 120_000);
afterAll(async () => {
  await house?.stop();
  rmSync(marks, { recursive: true, force: true });
}, 60_000);

const ask = async (database: string, text: string): Promise<any[]> => {
  const client = new pg.Client({ connectionString: house.mesh.databaseUrl(database) });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
};

/** Entered until it is answered: the same request id makes no second one. */
const enterLead = async (): Promise<string> => {
  const place = leads.length;
  const lead = {
    name: `线索 ${place}`,
    company: `第${place}航运有限公司`,
    phones: [`1380013${8000 + place}`],
    ownerId: seller.id,
  };
  let id = '';
  await until(`lead ${place}`, SETTLED_MS, async () => {
    const made = await seller
      .ask('POST', '/v1/leads', lead, { 'idempotency-key': `lead ${place}` })
      .catch(() => undefined);
    id = made?.body?.id ?? '';
    return id !== '';
  });
  leads.push(id);
  return id;
};

/** As a person does who sees no answer: looks, and tries again. */
const convert = (id: string): Promise<number> =>
  until(`the conversion of ${id}`, CONVERTED_MS, async () => {
    const tried = await seller
      .ask('POST', `/v1/leads/${id}:convert`, {
        createOpportunity: true,
        opportunity: { name: `商机 ${id}`, amount: '1000.10', currency: 'CNY' },
      })
      .catch(() => undefined);
    if (tried?.body?.reason === 'LEAD_CONVERTED') return true;
    await sleep(200);
    return false;
  });

const published = (): Promise<number> =>
  until('the outboxes', SETTLED_MS, async () => {
    for (const service of SERVICES)
      if ((await ask(service, 'select 1 from outbox where published_time is null limit 1')).length) return false;
    return true;
  });

/** Ids of the events in a service's stream, with repetitions. */
const streamed = async (service: string): Promise<string[]> => {
  const { NATS_URL = '', NATS_USER = '', NATS_PASSWORD = '' } = house.mesh.environment('analytics');
  const log = createLog('test', 'silent');
  const broker = openBroker({ url: NATS_URL, user: NATS_USER, password: NATS_PASSWORD, log });
  await broker.start();
  try {
    const stream = streamOf(service);
    const { firstSeq, lastSeq } = (await streamState(broker, stream))!;
    return (await readRange(broker, stream, firstSeq, lastSeq)).map(({ body }) => JSON.parse(body).id);
  } finally {
    await broker.stop();
  }
};

/** Messages that some durable consumer has not acknowledged yet. */
const unheard = async (): Promise<number> => {
  const answer = await fetch(`${house.mesh.adminUrl('nats')}/jsz?acc=CRM&streams=true&consumers=true&config=true`);
  const { account_details: accounts } = (await answer.json()) as any;
  const consumers = accounts.flatMap((account: any) =>
    (account.stream_detail ?? []).flatMap((stream: any) => stream.consumer_detail ?? []),
  );
  return consumers
    .filter(({ config }: any) => config?.durable_name)
    .reduce((sum: number, each: any) => sum + each.num_pending + each.num_ack_pending, 0);
};

const figure = async (cube: string, measures: string[]): Promise<number[]> => {
  const year = new Date().getUTCFullYear();
  const period = { fromDate: `${year}-01-01`, toDate: `${year + 1}-12-31` };
  const { totals } = await house.admin.post('/v1/analytics/questions:ask', { question: { cube, measures, period } });
  return totals.map(({ value }: { value: string }) => Number(value));
};

const deathsOf = (process: string): string[] => {
  const mark = join(marks, process);
  return existsSync(mark) ? readFileSync(mark, 'utf8').trim().split('\n') : [];
};

const missedDeaths = (): string[] =>
  Object.entries(DEATHS).flatMap(([process, steps]) => {
    const died = deathsOf(process);
    return steps.filter((step) => !died.includes(step)).map((step) => `${process} ${step}`);
  });

describe('leads are converted while processes die at each of their steps', () => {
  it('each conversion comes to its end, and each process died wherever it could', async () => {
    await published();
    await Promise.all(
      Object.entries(DEATHS).map(([process, steps]) =>
        house.mesh.restart(process, {
          PELAGIC_CRASH_AT: steps.join(','),
          PELAGIC_CRASH_MARK: join(marks, process),
        }),
      ),
    );
    await Promise.all(leads.map(convert));
    // A step that nothing came by any more gets another conversion to die at.
    const began = performance.now();
    while (missedDeaths().length && performance.now() - began < CONVERTED_MS) await convert(await enterLead());
    await until(`the deaths at ${missedDeaths().join(', ')}`, SETTLED_MS, () => missedDeaths().length === 0);
  }, 360_000);
});

describe('afterwards', () => {
  it('each lead is one customer, one contact, one opportunity and was converted once', async () => {
    await reachable(seller);
    await published();
    const [records] = await ask(
      'customer',
      `select (select count(*) from customer)::int as customers, (select count(*) from contact)::int as contacts,
         (select count(distinct name) from customer)::int as names, (select count(*) from conversion where state = 'CONVERSION_STATE_DONE')::int as done,
         (select count(*) from outbox where subject = 'crm.customer.lead.converted.v1')::int as converted`,
    );
    const each = leads.length;
    expect(records).toEqual({ customers: each, contacts: each, names: each, done: each, converted: each });
    const opportunities = await ask('sales', 'select lead_id from opportunity');
    expect(opportunities.map((row) => row.lead_id).toSorted()).toEqual(leads.toSorted());
  });

  it('what was written, sent, noticed and counted is the same', async () => {
    const written: string[] = [];
    const sent: string[] = [];
    for (const service of SERVICES) {
      const rows = await ask(service, 'select id, record_id, version from outbox');
      expect(new Set(rows.map(({ record_id, version }) => `${record_id}/${version}`)).size).toBe(rows.length);
      written.push(...rows.map(({ id }) => id));
      sent.push(...(await streamed(service)));
    }
    expect(sent.toSorted()).toEqual(written.toSorted());
    await until('who listens', SETTLED_MS, async () => (await unheard()) === 0);
    for (const service of SERVICES) expect(await ask(service, 'select * from parked_message')).toEqual([]);
    const entries = await ask('customer', 'select event_id from timeline');
    expect(new Set(entries.map(({ event_id }) => event_id)).size).toBe(entries.length);

    await until('the figures', SETTLED_MS, async () => {
      const [opportunities] = await figure('opportunity', ['open_count']);
      return opportunities === leads.length && (await figure('customer', ['new_count']))[0] === leads.length;
    });
    expect(await figure('opportunity', ['open_count', 'open_amount'])).toEqual([
      leads.length,
      (leads.length * 10_001) / 10,
    ]);
    expect(await figure('lead', ['new_count', 'converted_count'])).toEqual([leads.length, leads.length]);
    expect((await house.admin.get('/v1/analytics/freshness')).freshness.pending ?? 0).toBe(0);

    await house.mesh.halt('analytics');
    const engine = openEmbedded(partsOf(house.mesh.around.dataDir).clickhouse, 200_000_000);
    const client = engine.connect();
    const answer = await client.query({
      query: 'select toString(id) as id from event_log',
      format: 'JSONEachRow',
    });
    const logged = ((await answer.json()) as { id: string }[]).map(({ id }) => id);
    await client.close();
    engine.close();
    expect(logged.toSorted()).toEqual(written.toSorted());
  });
});
