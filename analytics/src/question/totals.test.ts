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
});
