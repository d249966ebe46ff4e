import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROCESSES, WITHOUT_PAGES } from '../../deploy/local/processes.ts';
import { contractIsAgreed } from './agreement.ts';
import { foundEnterprise, PASSWORD, reachable, type Employed, type Enterprise } from './enterprise.ts';
import { busyness, signIn, until, type Answer } from './person.ts';
import { sendingTo, startCollector, type Collector } from './spans.ts';
import { fromStrangers } from './strangers.ts';
import { oneTrace } from './trace.ts';

/** One story through the whole house: a lead becomes a figure on a dashboard, each step by the person whose job it is. */
let house: Enterprise;
let collector: Collector;
let manager: Employed;
let seller: Employed;
let colleague: Employed;
let [leadId, customerId, opportunityId] = ['', '', ''];

const FRESH_MS = 2_000;
/** The test shares its machine with everything that it tests. */
const PATIENCE = busyness();
const MANY = 100;
/** More than an export writes before it is stopped. */
const EXPORTED = 40_000;

/** What nats-server's monitor says of its streams. */
type Bus = {
  account_details: { stream_detail?: { consumer_detail?: { config: { durable_name?: string } }[] }[] }[];
};

/** One had it; every other was told that the record changed, and nothing worse. */
const expectOneWinner = (answers: Answer[]) => {
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  const others = answers.filter(({ status }) => status !== 200).map(({ status, body }) => `${status} ${body.reason}`);
  expect(new Set(others)).toEqual(new Set(['409 VERSION_STALE']));
};

/** Past the service: what no request would leave behind, or not in this time. */
const inCustomers = async (text: string, values: unknown[] = []): Promise<pg.QueryResult> => {
  const client = new pg.Client(house.mesh.databaseUrl('customer'));
  await client.connect();
  return client.query(text, values).finally(() => client.end());
};

beforeAll(async () => {
  collector = await startCollector();
  house = await foundEnterprise({ only: WITHOUT_PAGES, env: sendingTo(collector, WITHOUT_PAGES) });
  const east = await house.department('华东');
  const south = await house.department('华南');
  manager = await house.hire('manager', '销售经理', east);
  seller = await house.hire('seller', '销售', east, { managerId: manager.id });
  colleague = await house.hire('colleague', '销售', south);
}, 300_000);
afterAll(async () => {
  await house?.stop();
  collector?.stop();
}, 60_000);

it('reads the bus through the standing consumers that its processes may have, all of them', async () => {
  const asked = `${house.mesh.adminUrl('nats')}/jsz?acc=CRM&consumers=true&config=true`;
  const durables = async (): Promise<string[]> =>
    ((await (await fetch(asked)).json()) as Bus).account_details
      .flatMap(({ stream_detail: streams = [] }) => streams)
      .flatMap(({ consumer_detail: consumers = [] }) => consumers)
      .flatMap(({ config }) => config.durable_name ?? []);
  const allowed = PROCESSES.flatMap(({ name, durables: own = [] }) => own.map((durable) => `${name}_${durable}`));
  await until('the consumers', 20_000, async () => (await durables()).length >= allowed.length);
  expect((await durables()).toSorted()).toEqual(allowed.toSorted());
});

oneTrace(() => ({ house, collector }));
fromStrangers(() => house);
contractIsAgreed(() => house);

describe('from a lead to a figure', () => {
  it('refuses a lead without phone and mail, naming the field, in the language of the caller', async () => {
    const refused = await manager.ask('POST', '/v1/leads', { name: '王小明' });
    expect(refused).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'phones', reason: 'PHONE_OR_EMAIL_REQUIRED' }] },
    });
  });

  it('enters one, assigns it, and only the person it concerns hears of it', async () => {
    const lead = await manager.post('/v1/leads', {
      name: ' 王 小明 ',
      company: '上海远达海运有限公司',
      phones: ['138 0013 8000'],
    });
    expect(lead).toMatchObject({ name: '王 小明', phones: ['+8613800138000'], state: 'LEAD_STATE_NEW' });
    leadId = lead.id;
    const [heard, overheard] = [await seller.listen(), await colleague.listen()];
    const assigned = await manager.post(`/v1/leads/${leadId}:assign`, { ownerId: seller.id });
    expect(assigned.state).toBe('LEAD_STATE_ASSIGNED');
    await until('the event at the seller', FRESH_MS * PATIENCE, () => heard.text().includes(leadId));
    expect(heard.text()).not.toContain('13800138000');
    expect(heard.text()).not.toContain('远达');
    expect(overheard.text()).not.toContain(leadId);
    heard.stop();
    overheard.stop();
    expect((await colleague.ask('GET', `/v1/leads/${leadId}`)).status).toBe(404);
  });

  it('shares it for a moment: when that is over, an open page hears that it is gone', async () => {
    const endTime = new Date(Date.now() + 3_000).toISOString();
    const share = { employeeId: colleague.id, access: 'SHARE_ACCESS_READ', endTime };
    await seller.post(`/v1/leads/${leadId}:share`, { shares: [share] });
    const page = await colleague.listen();
    await colleague.get(`/v1/leads/${leadId}`);
    await until('the end of the share', 3_000 + 5_000 * PATIENCE, () => page.text().includes('"gone":true'));
    page.stop();
    expect(Date.now()).toBeGreaterThan(Date.parse(endTime));
    expect((await colleague.ask('GET', `/v1/leads/${leadId}`)).status).toBe(404);
    expect(await seller.get(`/v1/leads/${leadId}`)).toMatchObject({ shares: [] });
  });

  it('logs a follow-up whose next contact the list of due contacts knows', async () => {
    const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
    await seller.post('/v1/activities', {
      kind: 'ACTIVITY_KIND_CALL',
      subjectNoun: 'lead',
      subjectId: leadId,
      content: '电话沟通',
      nextContactDate: today,
    });
    const { dueContacts } = await seller.get('/v1/due-contacts');
    expect(dueContacts).toMatchObject([{ noun: 'lead', id: leadId, nextContactDate: today }]);
    expect(await seller.get(`/v1/leads/${leadId}`)).toMatchObject({ state: 'LEAD_STATE_CONTACTING' });
  });

  it('saves it for one of a hundred who saw the same version, and tells the others', async () => {
    const { version } = await seller.get(`/v1/leads/${leadId}`);
    const saves = await Promise.all(
      Array.from({ length: MANY }, (_, index) =>
        seller.ask('PATCH', `/v1/leads/${leadId}`, { title: `采购经理 ${index}`, version }),
      ),
    );
    expectOneWinner(saves);
  });

  it('converts it once, however many try', async () => {
    const tries = await Promise.all(
      Array.from({ length: MANY }, () =>
        seller.ask('POST', `/v1/leads/${leadId}:convert`, {
          createOpportunity: true,
          opportunity: { name: '年度采购', amount: '120000.00', currency: 'CNY' },
        }),
      ),
    );
    const [won] = tries.filter(({ status }) => status === 200);
    expect(tries.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(
      tries
        .filter(({ status }) => status !== 200)
        .every(({ body }) => ['CONVERSION_RUNNING', 'LEAD_CONVERTED', 'DUPLICATE'].includes(body.reason)),
    ).toBe(true);
    expect(won?.body.state).toBe('CONVERSION_STATE_DONE');
    ({ customerId, opportunityId } = won!.body);
    expect(await seller.get(`/v1/leads/${leadId}`)).toMatchObject({
      state: 'LEAD_STATE_CONVERTED',
      customerId,
      opportunityId,
    });
    expect((await seller.get('/v1/customers?count=true')).totalSize).toBe(1);
  });

  it('takes two leads of one company for one customer', async () => {
    const leads = await Promise.all(
      ['13900000001', '13900000002'].map((phone) =>
        seller.post('/v1/leads', {
          name: '李雷',
          company: '深圳恒通科技有限公司',
          phones: [phone],
          ownerId: seller.id,
        }),
      ),
    );
    const tries = await Promise.all(leads.map(({ id }) => seller.ask('POST', `/v1/leads/${id}:convert`, {})));
    expect(tries.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    const { duplicates } = await seller.post('/v1/duplicates:find', {
      noun: 'customer',
      name: '深圳恒通科技股份有限公司',
    });
    expect(duplicates).toMatchObject([{ noun: 'customer', matchedBy: ['name'], selectable: true, blocking: true }]);
  });

  it('ends a share of the customer for an open page of its contact too, also when the service was away then', async () => {
    const endTime = new Date(Date.now() + 2_000).toISOString();
    const share = { employeeId: colleague.id, access: 'SHARE_ACCESS_READ', endTime };
    await seller.post(`/v1/customers/${customerId}:share`, { shares: [share] });
    const page = await colleague.listen();
    const { contacts } = await colleague.get('/v1/contacts');
    await house.mesh.restart('customer');
    const end = Math.max(Date.now(), Date.parse(endTime));
    await until('the end of the share', end - Date.now() + 5_000 * PATIENCE, () =>
      page.text().includes(JSON.stringify({ noun: 'contact', id: contacts[0].id, gone: true })),
    );
    page.stop();
    await reachable(seller);
  });

  it('moves the deal to its end, and one of two who move it at once is told', async () => {
    const { pipelines } = await seller.get('/v1/pipelines');
    const stage = (category: string) =>
      pipelines[0].stages.find((each: { category: string }) => each.category === `STAGE_CATEGORY_${category}`).id;
    const [, second, ...later] = pipelines[0].stages.slice(0, 4);
    const { version } = await seller.get(`/v1/opportunities/${opportunityId}`);
    const move = { stageId: second.id, version };
    const moves = await Promise.all(
      Array.from({ length: MANY }, () => seller.ask('POST', `/v1/opportunities/${opportunityId}:move`, move)),
    );
    expectOneWinner(moves);
    for (const next of later) await seller.post(`/v1/opportunities/${opportunityId}:move`, { stageId: next.id });
    const won = await seller.post(`/v1/opportunities/${opportunityId}:move`, { stageId: stage('WON') });
    expect(won).toMatchObject({ state: 'OPPORTUNITY_STATE_WON' });
    const { stays } = await seller.get(`/v1/opportunities/${opportunityId}/stages`);
    expect(stays.length).toBeGreaterThanOrEqual(5);
  });

  it('is a figure within two seconds, and its rows add up to it', async () => {
    const year = new Date().getUTCFullYear();
    const question = {
      cube: 'opportunity',
      measures: ['won_amount', 'won_count'],
      period: { fromDate: `${year}-01-01`, toDate: `${year + 1}-01-31` },
    };
    const ask = async () =>
      (await manager.post('/v1/analytics/questions:ask', { question })).totals as { value: string }[];
    await until('the figure', FRESH_MS * PATIENCE, async () => Number((await ask())[0]?.value) === 120_000);
    const rows = await manager.post('/v1/analytics/questions:rows', { question, measure: 'won_amount' });
    expect(rows).toMatchObject({ totalSize: 1, rows: [{ id: opportunityId }] });
    expect(Number(rows.total)).toBe(120_000);
    expect(Number((await colleague.post('/v1/analytics/questions:ask', { question })).totals[0].value || 0)).toBe(0);
  });

  it('shows the whole story on the page of the customer', async () => {
    const events = async () =>
      (await seller.get(`/v1/timeline?noun=customer&recordId=${customerId}&pageSize=100`)).entries.map(
        ({ event }: { event: string }) => event,
      ) as string[];
    await until('the timeline', FRESH_MS * PATIENCE, async () =>
      (await events()).includes('crm.sales.opportunity.won.v1'),
    );
    expect(await events()).toEqual(
      expect.arrayContaining([
        'crm.customer.lead.created.v1',
        'crm.customer.lead.assigned.v1',
        'crm.customer.activity.created.v1',
        'crm.customer.lead.converted.v1',
        'crm.customer.customer.created.v1',
        'crm.sales.opportunity.created.v1',
      ]),
    );
  });

  it('stops an export whose session is revoked within five seconds, with no file, also while the bus is away', async () => {
    await inCustomers(
      `insert into lead (id, version, number, name, state, owner_id, create_time, update_time)
       select uuidv7(), 1, 'X-' || n, 'many', 'LEAD_STATE_NEW', $1, now(), now() from generate_series(1, ${EXPORTED}) n`,
      [manager.id],
    );
    const elsewhere = await signIn(house.base, manager.login, PASSWORD);
    const { sessions } = await elsewhere.get('/v1/sessions');
    const mine = sessions.filter(({ current }: { current: boolean }) => !current);
    const { id } = await manager.post('/v1/customer/exports', { noun: 'lead', filter: 'name = "many"', format: 'csv' });
    const job = () => elsewhere.get(`/v1/customer/jobs/${id}`);
    await until('the first rows', 20_000, async () => (await job()).processed > 0);
    house.mesh.kill('nats', 'SIGSTOP');
    try {
      for (const session of mine)
        expect((await elsewhere.ask('DELETE', `/v1/sessions/${session.id}`)).status).toBe(200);
      await until('the end of the export', 5_000, async () => (await job()).state !== 'JOB_STATE_RUNNING');
    } finally {
      house.mesh.kill('nats', 'SIGCONT');
    }
    const ended = await job();
    expect(ended).toMatchObject({ state: 'JOB_STATE_FAILED', problemReason: 'CALLER_GONE', total: EXPORTED });
    expect(ended.processed).toBeLessThan(EXPORTED);
    expect(ended.resultFileId ?? '').toBe('');
    expect((await inCustomers('select from file')).rowCount).toBe(0);
    const folder = join(house.mesh.environment('customer')['FILES_DIR']!, 'customer');
    expect(existsSync(folder) ? readdirSync(folder) : []).toEqual([]);
  });

  it('lets a revoked person in nowhere within five seconds, also while the bus is away', async () => {
    const stream = await colleague.listen();
    house.mesh.kill('nats', 'SIGSTOP');
    try {
      const { version } = await house.admin.get(`/v1/employees/${colleague.id}`);
      await house.admin.post(`/v1/employees/${colleague.id}:suspend`, { version, reason: 'left' });
      await until('the refusal', 5_000, async () => (await colleague.ask('GET', '/v1/leads')).status === 401);
      await until('the end of the stream', 5_000, () => stream.ended());
    } finally {
      house.mesh.kill('nats', 'SIGCONT');
    }
  });
});
