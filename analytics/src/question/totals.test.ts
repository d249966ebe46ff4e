import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asking, BOSS, openHouse, type House } from '../testing/house.ts';
import { smallEnterprise } from '../testing/enterprise.ts';

const YEAR = { fromDate: '2026-01-01', toDate: '2026-12-31' };

let house: House;
let ask: ReturnType<typeof asking>;

beforeAll(async () => {
  house = await openHouse('totals');
  ask = asking(house);
  await house.tell(smallEnterprise().told);
});
afterAll(() => house?.close());

describe('totals', () => {
  const MEASURES = ['new_count', 'won_amount', 'win_rate', 'open_amount'];
  const COMPARE = { fromDate: '2025-01-01', toDate: '2025-12-31' };

  it.each([
    ['by month', { grain: 'PERIOD_GRAIN_MONTH' }],
    ['by month beside another year', { grain: 'PERIOD_GRAIN_MONTH', compare: COMPARE }],
    ['by owner and quarter', { grain: 'PERIOD_GRAIN_QUARTER', dimensions: ['owner'] }],
    ['by branch, the first alone', { dimensions: ['branch'], limit: 1 }],
    ['by stage beside another year', { dimensions: ['stage'], compare: COMPARE }],
    ['by what no record has', { dimensions: ['owner'], filters: [{ dimension: 'source', values: ['nowhere'] }] }],
  ])('are those that are asked for alone: %s', async (_, { compare, filters, ...keys }: Record<string, unknown>) => {
    const base = { cube: 'opportunity', measures: MEASURES, period: YEAR, ...(compare ? { compare } : {}) };
    const question = filters ? { ...base, filters } : base;
    expect((await ask(BOSS, { ...question, ...keys })).totals).toEqual((await ask(BOSS, question)).totals);
  });

  it('are those of each period by itself, also when both end on one day', async () => {
    const alone = { cube: 'opportunity', measures: MEASURES };
    const later = { fromDate: '2026-06-01', toDate: YEAR.toDate };
    const values = async (period: object) => (await ask(BOSS, { ...alone, period })).totals.map(({ value }) => value);
    const { totals } = await ask(BOSS, { ...alone, period: YEAR, compare: later });
    expect(totals.map(({ value }) => value)).toEqual(await values(YEAR));
    expect(totals.map(({ compare }) => compare)).toEqual(await values(later));
  });
});
