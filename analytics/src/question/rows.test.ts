import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asking, BOSS, drilling, openHouse, reader, type House } from '../testing/house.ts';
import { DEALS, DEPARTMENTS, PEOPLE, smallEnterprise, STAGES } from '../testing/enterprise.ts';

const YEAR = { fromDate: '2026-01-01', toDate: '2026-12-31' };
const BOTH = { fromDate: '2025-01-01', toDate: '2026-12-31' };

let house: House;
let ask: ReturnType<typeof asking>;
let drill: ReturnType<typeof drilling>;

beforeAll(async () => {
  house = await openHouse('rows');
  ask = asking(house);
  drill = drilling(house);
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

describe('the rows behind a figure', () => {
  it('are those of both scopes, of a person’s reports and of their department', async () => {
    const question = { cube: 'opportunity', measures: ['new_count'], period: YEAR };
    const seen = async (...scopes: ('SUBORDINATES' | 'DEPARTMENT')[]) => {
      const about = { id: PEOPLE.cat, subordinateIds: [PEOPLE.bob], departmentIds: [DEPARTMENTS.alpha] };
      const caller = reader({ 'opportunity.read': scopes }, about);
      const { rows } = await drill(caller, question, 'new_count', [], { pageSize: 200 });
      expect(await totals(question, caller)).toEqual([String(rows.length)]);
      return rows.map(({ id }) => id);
    };
    const [reports, department] = [await seen('SUBORDINATES'), await seen('DEPARTMENT')];
    const both = new Set([...reports, ...department]);
    expect(both.size).toBeGreaterThan(Math.max(reports.length, department.length));
    expect(new Set(await seen('SUBORDINATES', 'DEPARTMENT'))).toEqual(both);
  });

  it.each(['source', 'branch', 'department'])('are none for a filter by %s with no values', async (dimension) => {
    const question = {
      cube: 'opportunity',
      measures: ['open_count'],
      period: YEAR,
      filters: [{ dimension, values: [] }],
    };
    expect(await totals(question)).toEqual(['0']);
    expect((await drill(BOSS, question, 'open_count', [])).rows).toEqual([]);
  });

  const questions: { measures: string[]; [cut: string]: unknown }[] = [
    { measures: ['new_amount', 'win_rate', 'open_weighted'], dimensions: ['owner'] },
    { measures: ['average_deal', 'open_count'], dimensions: ['branch', 'source'] },
    { measures: ['open_amount'], dimensions: ['stage'], grain: 'PERIOD_GRAIN_QUARTER' },
    {
      measures: ['sales_cycle', 'new_count'],
      dimensions: ['customer_industry'],
      filters: [{ dimension: 'source', values: ['web', ''] }],
    },
    {
      measures: ['won_amount', 'lost_amount'],
      dimensions: ['department'],
      organization: { departmentId: DEPARTMENTS.west },
    },
    { measures: ['win_rate', 'open_count'], grain: 'PERIOD_GRAIN_YEAR' },
    { measures: ['still_open_amount', 'new_count'], dimensions: ['lost_reason', 'state'] },
  ];

  it.each(questions)('add up to it: %j', async ({ measures, ...cut }) => {
    const question = { cube: 'opportunity', measures, period: BOTH, ...cut };
    const { rows, totals: sums } = await ask(BOSS, question);
    expect(rows.length).toBeGreaterThan(1);
    for (const { keys, cells } of [...rows, { keys: [], cells: sums }]) {
      for (const [index, measure] of measures.entries()) {
        const behind = await drill(BOSS, question, measure, keys, { pageSize: 200 });
        expect([keys, measure, behind.total]).toEqual([keys, measure, cells[index]!.value]);
        expect(behind.rows).toHaveLength(behind.totalSize);
        const sum = (of: 'value' | 'divisor') => behind.rows.reduce((total, row) => total + Number(row[of]), 0);
        expect([sum('value'), sum('divisor')]).toEqual([Number(behind.valueSum), Number(behind.divisorSum)]);
      }
    }
  });

  it('come in pages and name what the reader may see', async () => {
    const question = { cube: 'opportunity', measures: ['new_amount'], period: YEAR };
    const first = await drill(BOSS, question, 'new_amount', [], { pageSize: 2 });
    expect(first).toMatchObject({ totalSize: 5, total: '2050.55' });
    const rest = await drill(BOSS, question, 'new_amount', [], { pageSize: 50, pageToken: first.nextPageToken });
    const seen = [...first.rows, ...rest.rows];
    expect(seen.map(({ id }) => id)).toEqual([DEALS.five, DEALS.four, DEALS.three, DEALS.two, DEALS.one]);
    expect(seen[2]).toEqual({
      noun: 'opportunity',
      id: DEALS.three,
      name: 'Deal 3',
      number: 'D-3',
      ownerId: PEOPLE.ann,
      date: '2026-06-15',
      value: '300',
      customerName: 'Acme',
      divisor: '',
    });
    const own = reader({ 'opportunity.read': 'ALL' }, { fields: { opportunity: { hidden: ['name'] } } });
    expect((await drill(own, question, 'new_amount', [], {})).rows[2]).toMatchObject({ name: '', customerName: '' });
  });

  it.each(['hidden', 'masked'])('name no customer, and no cut does, to who has the name %s', async (how) => {
    const caller = reader(
      { 'opportunity.read': 'ALL', 'customer.read': 'ALL' },
      { fields: { customer: { [how]: ['name'] } } },
    );
    const question = { cube: 'opportunity', measures: ['new_amount'], dimensions: ['customer'], period: YEAR };
    expect((await table(question)).map(([name]) => name)).toContain('Acme');
    expect(new Set((await table(question, caller)).map(([name]) => name))).toEqual(new Set(['']));
    const { rows } = await drill(caller, { ...question, dimensions: [] }, 'new_amount', [], { pageSize: 200 });
    expect(new Set(rows.map(({ customerName }) => customerName))).toEqual(new Set(['']));
  });

  it('are not counted by what is hidden: neither the figure nor whose it is', async () => {
    const without = (...hidden: string[]) =>
      reader({ 'opportunity.read': 'ALL' }, { fields: { opportunity: { hidden } } });
    const question = { cube: 'opportunity', measures: ['won_count'], period: YEAR };
    for (const field of ['state', 'closeDate'])
      await expect(ask(without(field), question)).rejects.toMatchObject({
        fields: [{ field: 'question.measures[0]' }],
      });
    await expect(ask(without('state'), { ...question, measures: ['open_count'] })).rejects.toMatchObject({
      fields: [{ reason: 'UNKNOWN_NAME' }],
    });
    const hers = { ...question, organization: { employeeId: PEOPLE.ann } };
    expect((await ask(BOSS, hers)).totals).toHaveLength(1);
    await expect(ask(without('ownerId'), hers)).rejects.toMatchObject({
      fields: [{ field: 'question.organization.employeeId', reason: 'FIELD_NOT_READABLE' }],
    });
  });

  it('divide for a ratio as the figure does', async () => {
    const { rows, total, totalSize } = await drill(
      BOSS,
      { cube: 'opportunity', measures: ['win_rate'], period: YEAR },
      'win_rate',
      [],
    );
    expect(rows.map(({ value, divisor }) => `${value}/${divisor}`)).toEqual(['1/1', '0/1', '1/1']);
    expect([total, totalSize]).toEqual(['66.67', 3]);
  });
});

describe('a question', () => {
  const refuse = (question: object) =>
    expect(ask(BOSS, { cube: 'opportunity', measures: ['new_count'], period: YEAR, ...question })).rejects;

  it('is refused with the field named when it makes no sense', async () => {
    await refuse({ cube: 'nothing' }).toMatchObject({ fields: [{ field: 'question.cube' }] });
    await refuse({ measures: [] }).toMatchObject({ fields: [{ field: 'question.measures', reason: 'REQUIRED' }] });
    await refuse({ period: { fromDate: '2026-02-01', toDate: '2026-01-01' } }).toMatchObject({
      fields: [{ field: 'question.period.toDate', reason: 'PERIOD_REVERSED' }],
    });
    await refuse({ period: { fromDate: '1990-01-01', toDate: '2026-01-01' } }).toMatchObject({
      fields: [{ reason: 'PERIOD_TOO_LONG' }],
    });
    await refuse({
      period: BOTH,
      grain: 'PERIOD_GRAIN_DAY',
      compare: { fromDate: '2000-01-01', toDate: '2026-01-01' },
    }).toMatchObject({ fields: [{ reason: 'TOO_MANY_PERIODS' }] });
    await refuse({ orderBy: 'owner' }).toMatchObject({ fields: [{ field: 'question.orderBy' }] });
    await refuse({ organization: { employeeId: PEOPLE.ann, departmentId: DEPARTMENTS.hq } }).toMatchObject({
      fields: [{ reason: 'ONE_OF' }],
    });
  });

  it('cannot smuggle SQL in', async () => {
    const evil = "') or 1=1 settings max_execution_time=0 --";
    expect(
      await totals({
        cube: 'opportunity',
        measures: ['new_count'],
        period: YEAR,
        filters: [{ dimension: 'source', values: [evil, '\\', "'"] }],
      }),
    ).toEqual(['0']);
    expect(
      (
        await drill(
          BOSS,
          { cube: 'opportunity', measures: ['new_count'], dimensions: ['source'], period: YEAR },
          'new_count',
          [evil],
        )
      ).totalSize,
    ).toBe(0);
    expect(
      await table({
        cube: 'opportunity',
        measures: ['new_count'],
        dimensions: ['stage'],
        period: YEAR,
        filters: [{ dimension: 'stage', values: [STAGES.first] }],
      }),
    ).toEqual([['Prospect', '1']]);
  });
});
