import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asking, BOSS, openHouse, reader, type House } from '../testing/house.ts';
import { DEPARTMENTS, PEOPLE, smallEnterprise } from '../testing/enterprise.ts';

const YEAR = { fromDate: '2026-01-01', toDate: '2026-12-31' };

let house: House;
let ask: ReturnType<typeof asking>;

beforeAll(async () => {
  house = await openHouse('answer');
  ask = asking(house);
  await house.tell(smallEnterprise().told);
});
afterAll(() => house?.close());

const totals = async (question: Record<string, unknown>, caller = BOSS): Promise<string[]> =>
  (await ask(caller, question)).totals.map(({ value }) => value);
const table = async (question: Record<string, unknown>, caller = BOSS): Promise<[string, ...string[]][]> =>
  (await ask(caller, question)).rows.map(({ labels, cells }) => [
    labels.join(' / '),
    ...cells.map(({ value }) => value),
  ]);

describe('figures of opportunities', () => {
  const measures = [
    'new_count',
    'new_amount',
    'won_count',
    'won_amount',
    'lost_count',
    'invalid_count',
    'win_rate',
    'average_deal',
    'sales_cycle',
    'open_count',
    'open_amount',
    'open_weighted',
  ];

  it('count each by its own date', async () => {
    // Won: 10 March to 5 May and 15 June to 1 September, 56 and 78 days. Open: the fourth deal, at 20 %.
    expect(await totals({ cube: 'opportunity', measures, period: YEAR })).toEqual([
      '5',
      '2050.55',
      '2',
      '1300.00',
      '1',
      '1',
      '66.67',
      '650.00',
      '67.0',
      '1',
      '200.55',
      '40.11',
    ]);
  });

  it('count history that was brought in by the dates that it carries', async () => {
    expect(
      await totals({
        cube: 'opportunity',
        measures: ['new_count', 'won_count', 'won_amount', 'open_count'],
        period: { fromDate: '2025-10-01', toDate: '2025-11-30' },
      }),
    ).toEqual(['1', '1', '700.00', '0']);
    expect(
      await totals({
        cube: 'opportunity',
        measures: ['open_count'],
        period: { fromDate: '2025-10-01', toDate: '2025-10-31' },
      }),
    ).toEqual(['1']);
  });

  it('take the win rate by closing date, not by creation', async () => {
    expect(
      await table({
        cube: 'opportunity',
        measures: ['win_rate', 'won_count', 'lost_count'],
        period: YEAR,
        grain: 'PERIOD_GRAIN_QUARTER',
      }),
    ).toEqual([
      ['2026-01-01', '', '0', '0'],
      ['2026-04-01', '100.00', '1', '0'],
      ['2026-07-01', '50.00', '1', '1'],
      ['2026-10-01', '', '0', '0'],
    ]);
  });

  it('tell what stood open at the end of each month', async () => {
    const rows = await table({
      cube: 'opportunity',
      measures: ['open_count', 'open_amount'],
      period: { fromDate: '2026-03-01', toDate: '2026-09-30' },
      grain: 'PERIOD_GRAIN_MONTH',
    });
    expect(rows).toEqual([
      ['2026-03-01', '2', '1500.00'],
      ['2026-04-01', '2', '1500.00'],
      ['2026-05-01', '1', '500.00'],
      ['2026-06-01', '2', '800.00'],
      ['2026-07-01', '2', '800.00'],
      ['2026-08-01', '2', '500.55'],
      ['2026-09-01', '1', '200.55'],
    ]);
  });

  it('stand beside those of another period', async () => {
    const answer = await ask(BOSS, {
      cube: 'opportunity',
      measures: ['new_count', 'open_count'],
      period: { fromDate: '2026-06-01', toDate: '2026-08-31' },
      compare: { fromDate: '2026-03-01', toDate: '2026-05-31' },
      grain: 'PERIOD_GRAIN_MONTH',
    });
    expect(
      answer.rows.map(({ keys, cells }) => [keys[0], ...cells.flatMap(({ value, compare }) => [value, compare])]),
    ).toEqual([
      ['2026-06-01', '1', '2', '2', '2'],
      ['2026-07-01', '0', '0', '2', '2'],
      ['2026-08-01', '2', '0', '2', '1'],
    ]);
    expect(answer.totals).toEqual([
      { value: '3', compare: '2' },
      { value: '2', compare: '1' },
    ]);
  });
});

describe('credit follows the event, scope follows the present', () => {
  it('credits who had the deal then', async () => {
    expect(
      await table({
        cube: 'opportunity',
        measures: ['new_count', 'won_count'],
        dimensions: ['owner'],
        period: YEAR,
        orderBy: 'owner',
      }),
    ).toEqual([
      ['Ann', '3', '1'],
      ['Bob', '2', '1'],
    ]);
    expect(
      await table({
        cube: 'opportunity',
        measures: ['open_count'],
        dimensions: ['owner'],
        period: { fromDate: '2026-06-01', toDate: '2026-06-30' },
      }),
    ).toEqual([['Ann', '2']]);
    expect(
      await table({
        cube: 'opportunity',
        measures: ['open_count'],
        dimensions: ['owner'],
        period: { fromDate: '2026-07-01', toDate: '2026-07-31' },
        orderBy: 'owner',
      }),
    ).toEqual([
      ['Ann', '1'],
      ['Bob', '1'],
    ]);
  });

  it('shows what a reader has now, whoever is credited', async () => {
    const own = (id: string) => reader({ 'opportunity.read': 'OWN' }, { id });
    // Ann gave the third deal away: she does not see it any more, and Bob sees her credit for it.
    expect(await totals({ cube: 'opportunity', measures: ['new_count'], period: YEAR }, own(PEOPLE.ann))).toEqual([
      '2',
    ]);
    expect(
      await table(
        { cube: 'opportunity', measures: ['new_count'], dimensions: ['owner'], period: YEAR, orderBy: 'owner' },
        own(PEOPLE.bob),
      ),
    ).toEqual([
      ['Ann', '1'],
      ['Bob', '2'],
    ]);
  });

  it('knows every scope and what is shared', async () => {
    const count = (permissions: Parameters<typeof reader>[0], about: Parameters<typeof reader>[1]) =>
      totals({ cube: 'opportunity', measures: ['new_count'], period: YEAR }, reader(permissions, about));
    const { alpha, beta, west } = DEPARTMENTS;
    expect(
      await count({ 'opportunity.read': 'SUBORDINATES' }, { id: PEOPLE.cat, subordinateIds: [PEOPLE.ann] }),
    ).toEqual(['3']);
    expect(await count({ 'opportunity.read': 'DEPARTMENT' }, { id: PEOPLE.ann, departmentIds: [alpha] })).toEqual([
      '2',
    ]);
    expect(
      await count(
        { 'opportunity.read': 'DEPARTMENT_AND_BELOW' },
        { id: PEOPLE.ann, departmentIds: [west], belowIds: [west, alpha, beta] },
      ),
    ).toEqual(['5']);
    expect(await count({ 'opportunity.read': 'OWN' }, { id: PEOPLE.cat })).toEqual(['1']);
    expect(await count({ 'opportunity.read': 'ALL', 'analytics.read': 'OWN' }, { id: PEOPLE.ann })).toEqual(['2']);
  });

  it('refuses a noun that the caller may not read', async () => {
    await expect(
      ask(reader({ 'lead.read': 'ALL' }), { cube: 'opportunity', measures: ['new_count'], period: YEAR }),
    ).rejects.toMatchObject({ code: 'PERMISSION_DENIED', params: { permission: 'opportunity.read' } });
  });

  it('lets nobody cut or filter by what they may not read', async () => {
    const masked = reader(
      { 'opportunity.read': 'ALL', 'customer.read': 'ALL' },
      { fields: { opportunity: { hidden: ['amount'], masked: ['source'] }, customer: { hidden: ['industry'] } } },
    );
    const refuse = (question: object) =>
      expect(ask(masked, { cube: 'opportunity', measures: ['new_count'], period: YEAR, ...question })).rejects;
    await refuse({ measures: ['won_amount'] }).toMatchObject({
      fields: [{ field: 'question.measures[0]', reason: 'UNKNOWN_NAME' }],
    });
    await refuse({ dimensions: ['source'] }).toMatchObject({ fields: [{ field: 'question.dimensions[0]' }] });
    await refuse({ filters: [{ dimension: 'customer_industry', values: ['IT'] }] }).toMatchObject({
      fields: [{ field: 'question.filters[0].dimension' }],
    });
  });

  it('leaves blank what belongs to customers out of sight', async () => {
    const sees = reader({ 'opportunity.read': 'ALL', 'customer.read': 'OWN' }, { id: PEOPLE.ann });
    const question = {
      cube: 'opportunity',
      measures: ['new_count'],
      dimensions: ['customer_industry'],
      period: YEAR,
      orderBy: 'customer_industry',
    };
    expect(await table(question)).toEqual([
      ['', '2'],
      ['IT', '2'],
      ['Retail', '1'],
    ]);
    expect(await table(question, sees)).toEqual([
      ['', '3'],
      ['IT', '2'],
    ]);
  });
});

describe('the tree', () => {
  const won = {
    cube: 'opportunity',
    measures: ['won_count', 'lost_count'],
    period: YEAR,
    orderBy: 'branch',
    dimensions: ['branch'],
  };

  it('rolls up by the one that held on the business date', async () => {
    expect(await table(won)).toEqual([
      ['East', '1', '0'],
      ['West', '1', '1'],
    ]);
    expect(
      await totals({ ...won, dimensions: [], orderBy: '', organization: { departmentId: DEPARTMENTS.east } }),
    ).toEqual(['1', '0']);
    expect(
      await totals({ ...won, dimensions: [], orderBy: '', organization: { departmentId: DEPARTMENTS.west } }),
    ).toEqual(['1', '1']);
    expect(
      await totals({
        ...won,
        dimensions: [],
        orderBy: '',
        filters: [{ dimension: 'department', values: [DEPARTMENTS.west] }],
      }),
    ).toEqual(['1', '1']);
  });

  it('rolls up by today’s when asked to', async () => {
    expect(await table({ ...won, organization: { todaysTree: true } })).toEqual([['West', '2', '1']]);
    expect(
      await totals({
        ...won,
        dimensions: [],
        orderBy: '',
        organization: { departmentId: DEPARTMENTS.east, todaysTree: true },
      }),
    ).toEqual(['0', '0']);
  });

  it('shows the departments below the chosen one, and a person', async () => {
    expect(await table({ ...won, organization: { departmentId: DEPARTMENTS.west } })).toEqual([
      ['Alpha', '0', '1'],
      ['Beta', '1', '0'],
    ]);
    expect(await totals({ ...won, dimensions: [], orderBy: '', organization: { employeeId: PEOPLE.ann } })).toEqual([
      '1',
      '1',
    ]);
  });
});
