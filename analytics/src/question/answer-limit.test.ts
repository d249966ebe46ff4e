import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asking, BOSS, openHouse, type House } from '../testing/house.ts';
import { smallEnterprise } from '../testing/enterprise.ts';

let house: House;
let ask: ReturnType<typeof asking>;

beforeAll(async () => {
  house = await openHouse('answer_limit');
  ask = asking(house);
  await house.tell(smallEnterprise().told);
});
afterAll(() => house?.close());

describe('an answer', () => {
  const days = (fromDate: string, toDate: string) => ({
    cube: 'opportunity',
    measures: ['new_count'],
    period: { fromDate, toDate },
    grain: 'PERIOD_GRAIN_DAY',
  });

  it('holds every period of a grain', async () => {
    const answer = await ask(BOSS, days('2026-01-01', '2026-12-31'));
    expect([answer.rows.length, answer.more]).toEqual([365, false]);
    expect(answer.rows.reduce((sum, { cells }) => sum + Number(cells[0]?.value), 0)).toBe(5);
  });

  it('says that it leaves rows out', async () => {
    const cut = async (question: object) => {
      const { rows, more } = await ask(BOSS, { ...days('2026-01-01', '2026-12-31'), ...question });
      return [rows.length, more];
    };
    expect(await cut({ limit: 364 })).toEqual([364, true]);
    expect(await cut({ limit: 365 })).toEqual([365, false]);
    const byOwner = { grain: 'PERIOD_GRAIN_UNSPECIFIED', dimensions: ['owner'] };
    expect(await cut({ ...byOwner, limit: 1 })).toEqual([1, true]);
    expect(await cut({ ...byOwner, limit: 2 })).toEqual([2, false]);
    expect(await cut({ grain: 'PERIOD_GRAIN_UNSPECIFIED' })).toEqual([0, false]);
  });
});
