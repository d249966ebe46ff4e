import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GetFunnelRequest, ListFunnelRowsRequest, type FunnelStep } from '@pelagic/proto/crm/analytics/v1/analytics';
import { CUSTOMERS, DEPARTMENTS, PEOPLE, PIPELINE, smallEnterprise, STAGES } from '../testing/enterprise.ts';
import { asking, BOSS, openHouse, reader, type House } from '../testing/house.ts';
import { funnel, funnelRows } from './funnel.ts';

const YEAR = { fromDate: '2026-01-01', toDate: '2026-12-31' };

const money = (amount: string) => ({ amount, currency: 'CNY', baseAmount: amount });

let house: House;

beforeAll(async () => {
  house = await openHouse('funnel');
  const story = smallEnterprise();
  const at = (date: string) => ({ at: `${date}T04:00:00Z`, date });
  const owner = { ownerId: PEOPLE.ann, departmentId: DEPARTMENTS.alpha };
  const enter = (date: string, more: object = {}) =>
    story.create(
      'crm.customer.lead.created.v1',
      { name: 'Lead', state: 'LEAD_STATE_NEW', source: 'web', ...owner, ...more },
      at(date),
    );
  const state = (lead: string, to: string, date: string, more: object = {}) =>
    story.change('crm.customer.lead.state_changed.v1', lead, { state: `LEAD_STATE_${to}`, ...more }, at(date));
  const first = enter('2026-02-01');
  state(first, 'CONTACTING', '2026-02-05');
  state(first, 'QUALIFIED', '2026-02-09');
  story.change(
    'crm.customer.lead.converted.v1',
    first,
    { state: 'LEAD_STATE_CONVERTED', customerId: CUSTOMERS.acme },
    at('2026-03-01'),
  );
  const second = enter('2026-02-10');
  state(second, 'CONTACTING', '2026-02-12');
  state(second, 'INVALID', '2026-02-20', { stateReason: 'wrong number' });
  enter('2026-06-01');
  // History: converted elsewhere long ago, into a customer without a deal.
  const old = enter('2025-05-01');
  story.change(
    'crm.customer.lead.converted.v1',
    old,
    { state: 'LEAD_STATE_CONVERTED', customerId: '0c000000-0000-7000-8000-000000000099' },
    at('2025-06-01'),
  );
  // A deal whose amount was settled after it came.
  const deal = story.create(
    'crm.sales.opportunity.created.v1',
    {
      name: 'Settled later',
      state: 'OPPORTUNITY_STATE_OPEN',
      stageId: STAGES.first,
      pipelineId: PIPELINE,
      createDate: '2025-03-03',
      amount: money('100'),
      ...owner,
    },
    at('2025-03-03'),
  );
  story.change('crm.sales.opportunity.updated.v1', deal, { amount: money('160') }, at('2025-03-20'));
  story.change(
    'crm.sales.opportunity.invalidated.v1',
    deal,
    { state: 'OPPORTUNITY_STATE_INVALID', stageId: STAGES.invalid, closeDate: '2025-04-10' },
    at('2025-04-10'),
  );
  await house.tell(story.told);
});
afterAll(() => house?.close());

const steps = async (request: Record<string, unknown>, caller = BOSS): Promise<FunnelStep[]> =>
  funnel(house.engine, house.directory.now(), caller, GetFunnelRequest.fromJSON({ period: YEAR, ...request }));
const table = (found: FunnelStep[]) =>
  found.map(({ label, count, amount, conversion, medianDays, drops }) => [
    label,
    count,
    amount,
    conversion,
    medianDays,
    drops.map(({ reason, count: n }) => `${reason} ${n}`).join(),
  ]);

describe('the funnel of opportunities', () => {
  it('snapshot: what stands in each stage at the end of the period', async () => {
    expect(
      table(
        await steps({
          noun: 'opportunity',
          kind: 'FUNNEL_KIND_SNAPSHOT',
          period: { fromDate: '2026-08-01', toDate: '2026-08-31' },
        }),
      ),
    ).toEqual([
      ['Prospect', 1, '200.55', '', expect.stringMatching(/^3\d\.\d$/), ''],
      ['Proposal', 0, '0.00', '', '', ''],
      ['Negotiation', 1, '300.00', '', expect.stringMatching(/^3\d\.\d$/), ''],
    ]);
  });

  it('cohort: how far those created in the period came; invalid ones are shown and not counted', async () => {
    // Deal 1 was won from Proposal: Negotiation, passed over, counts as reached. Deal 2 was lost in Prospect.
    expect(table(await steps({ noun: 'opportunity', kind: 'FUNNEL_KIND_COHORT' }))).toEqual([
      ['Prospect', 4, '2000.55', '', '34.5', 'invalid 1,price 1'],
      ['Proposal', 2, '1300.00', '50.00', '34.0', ''],
      ['Negotiation', 2, '1300.00', '100.00', '31.0', ''],
      ['Won', 2, '1300.00', '100.00', '', ''],
    ]);
  });

  it('transition: what passed into each step in the period, once each', async () => {
    expect(
      table(
        await steps({
          noun: 'opportunity',
          kind: 'FUNNEL_KIND_TRANSITION',
          period: { fromDate: '2026-08-01', toDate: '2026-09-30' },
        }),
      ),
    ).toEqual([
      ['Prospect', 2, '250.55', '', '47.0', 'invalid 1,price 1'],
      ['Proposal', 1, '300.00', '50.00', '', ''],
      ['Negotiation', 1, '300.00', '100.00', '31.0', ''],
      ['Won', 1, '300.00', '100.00', '', ''],
    ]);
  });

  it('transition: takes the amount that the figures of the period take', async () => {
    const period = { fromDate: '2025-03-01', toDate: '2025-03-31' };
    const [first] = await steps({ noun: 'opportunity', kind: 'FUNNEL_KIND_TRANSITION', period });
    const { totals } = await asking(house)(BOSS, {
      cube: 'opportunity',
      measures: ['new_count', 'new_amount'],
      period,
    });
    expect([String(first?.count), first?.amount]).toEqual(totals.map(({ value }) => value));
    expect(first?.amount).toBe('160.00');
  });

  it('is that of the chosen person or department, and of what the caller may see', async () => {
    const counts = async (request: object, caller = BOSS) =>
      (await steps({ noun: 'opportunity', kind: 'FUNNEL_KIND_COHORT', ...request }, caller)).map(({ count }) => count);
    expect(await counts({ organization: { employeeId: PEOPLE.bob } })).toEqual([1, 0, 0, 0]);
    expect(await counts({ organization: { departmentId: DEPARTMENTS.east } })).toEqual([3, 2, 2, 2]);
    expect(await counts({}, reader({ 'opportunity.read': 'OWN' }, { id: PEOPLE.ann }))).toEqual([2, 1, 1, 1]);
  });

  it('tells nothing of fields that the caller may not read', async () => {
    const blind = reader(
      { 'opportunity.read': 'ALL' },
      { fields: { opportunity: { hidden: ['amount', 'lostReason'] } } },
    );
    const [first] = await steps({ noun: 'opportunity', kind: 'FUNNEL_KIND_COHORT' }, blind);
    expect(first).toMatchObject({ amount: '', drops: [{ reason: 'invalid' }, { reason: 'lost' }] });
    const noStage = reader({ 'opportunity.read': 'ALL' }, { fields: { opportunity: { hidden: ['stageId'] } } });
    await expect(steps({ noun: 'opportunity', kind: 'FUNNEL_KIND_COHORT' }, noStage)).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    });
  });
});

describe('the funnel of leads', () => {
  it('counts states by each definition', async () => {
    const counts = async (kind: string, period = YEAR) =>
      table(await steps({ noun: 'lead', kind: `FUNNEL_KIND_${kind}`, period })).map(([label, count, , , , drops]) => [
        label,
        count,
        drops,
      ]);
    expect(await counts('COHORT')).toEqual([
      ['New', 3, ''],
      ['Assigned', 2, ''],
      ['Contacting', 2, 'wrong number 1'],
      ['Qualified', 1, ''],
      ['Converted', 1, ''],
    ]);
    expect(await counts('SNAPSHOT', { fromDate: '2026-02-01', toDate: '2026-02-15' })).toEqual([
      ['New', 0, ''],
      ['Assigned', 0, ''],
      ['Contacting', 1, ''],
      ['Qualified', 1, ''],
    ]);
    expect(await counts('TRANSITION', { fromDate: '2026-02-10', toDate: '2026-03-31' })).toEqual([
      ['New', 1, ''],
      ['Assigned', 1, ''],
      ['Contacting', 1, 'wrong number 1'],
      ['Qualified', 0, ''],
      ['Converted', 1, ''],
    ]);
  });
});

describe('the funnel of customers', () => {
  it('runs from lead to customer to deal', async () => {
    const of = async (kind: string, period = YEAR) =>
      (await steps({ noun: 'customer', kind: `FUNNEL_KIND_${kind}`, period })).map(({ key, count, amount }) => [
        key,
        count,
        amount,
      ]);
    expect(await of('COHORT')).toEqual([
      ['lead', 3, ''],
      ['customer', 1, ''],
      ['opportunity', 1, ''],
      ['won', 1, ''],
    ]);
    expect(await of('SNAPSHOT')).toEqual([
      ['lead', 1, ''],
      ['customer', 2, ''],
      ['opportunity', 2, '1800.00'],
      ['won', 1, '1300.00'],
    ]);
    expect(await of('TRANSITION')).toEqual([
      ['lead', 3, ''],
      ['customer', 1, ''],
      ['opportunity', 2, '1500.00'],
      ['won', 1, '1000.00'],
    ]);
    expect(await of('TRANSITION', { fromDate: '2026-06-01', toDate: '2026-12-31' })).toEqual([
      ['lead', 1, ''],
      ['customer', 0, ''],
      ['opportunity', 0, '0.00'],
      ['won', 0, '0.00'],
    ]);
  });

  it('has no conversion in a snapshot, whose steps hold other deals', async () => {
    const conversions = async (kind: string) =>
      (await steps({ noun: 'customer', kind: `FUNNEL_KIND_${kind}` })).map(({ conversion }) => conversion);
    expect(await conversions('SNAPSHOT')).toEqual(['', '', '', '']);
    expect(await conversions('TRANSITION')).toEqual(['', '33.33', '200.00', '50.00']);
  });

  it('needs the rights to all three', async () => {
    await expect(
      steps({ noun: 'customer', kind: 'FUNNEL_KIND_COHORT' }, reader({ 'customer.read': 'ALL', 'lead.read': 'ALL' })),
    ).rejects.toMatchObject({ params: { permission: 'opportunity.read' } });
  });
});

describe('the rows behind a step', () => {
  const rowsOf = async (request: Record<string, unknown>, step: string, more: object = {}, caller = BOSS) => {
    const asked = { funnel: { period: YEAR, ...request }, step, ...more };
    return funnelRows(house.engine, house.directory.now(), caller, ListFunnelRowsRequest.fromJSON(asked));
  };
  const KINDS = ['SNAPSHOT', 'COHORT', 'TRANSITION'].map((kind) => `FUNNEL_KIND_${kind}`);

  it.each(['lead', 'opportunity', 'customer'].flatMap((noun) => KINDS.map((kind) => [noun, kind])))(
    'are as many as its count and add up to its amount: %s, %s',
    async (noun, kind) => {
      const organization = { departmentId: DEPARTMENTS.east };
      const found = await steps({ noun, kind, organization });
      expect(found.length).toBeGreaterThan(2);
      await Promise.all(
        found.map(async (step) => {
          const { rows, totalSize, total } = await rowsOf({ noun, kind, organization }, step.key);
          const added = rows.reduce((sum, { value }) => sum + Number(value), 0);
          expect([totalSize, rows.length, added]).toEqual([step.count, step.count, Number(total)]);
          if (step.amount) expect(Number(total)).toBe(Number(step.amount));
          for (const { reason, count } of step.drops)
            expect(await rowsOf({ noun, kind, organization }, step.key, { dropReason: reason })).toMatchObject({
              totalSize: count,
            });
        }),
      );
    },
  );

  it('are paged without loss, and hold no amount for who may not read it', async () => {
    const request = { noun: 'opportunity', kind: 'FUNNEL_KIND_COHORT' };
    const [{ key }] = (await steps(request)) as [FunnelStep];
    const first = await rowsOf(request, key, { pageSize: 3 });
    const second = await rowsOf(request, key, { pageSize: 3, pageToken: first.nextPageToken });
    expect(new Set([...first.rows, ...second.rows].map(({ id }) => id)).size).toBe(4);
    expect([first.totalSize, second.totalSize, second.nextPageToken]).toEqual([4, 4, '']);
    const blind = reader({ 'opportunity.read': 'ALL' }, { fields: { opportunity: { hidden: ['amount'] } } });
    expect(await rowsOf(request, key, {}, blind)).toMatchObject({ total: '4', rows: [{ value: '1' }, {}, {}, {}] });
  });

  it('refuse a step that the funnel does not have', async () => {
    await expect(rowsOf({ noun: 'lead', kind: 'FUNNEL_KIND_COHORT' }, 'nowhere')).rejects.toMatchObject({
      fields: [{ field: 'step' }],
    });
  });
});

it('refuses what it does not know with the field named', async () => {
  await expect(steps({ noun: 'contact', kind: 'FUNNEL_KIND_COHORT' })).rejects.toMatchObject({
    fields: [{ field: 'noun' }],
  });
  await expect(steps({ noun: 'lead' })).rejects.toMatchObject({ fields: [{ field: 'kind' }] });
  await expect(
    steps({ noun: 'opportunity', kind: 'FUNNEL_KIND_COHORT', pipelineId: '0a000000-0000-7000-8000-000000000009' }),
  ).rejects.toMatchObject({ fields: [{ field: 'pipelineId' }] });
});
