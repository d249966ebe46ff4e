import type { House } from '../house.ts';
import { load } from '../k6.ts';
import { listPlan } from '../measures.ts';
import { tell } from '../report.ts';
import { compared, percent, rate, WARM } from './compared.ts';

/** What was measured of lists, in requests a second by name. */
export type Lists = Record<string, number>;

/** So many pages of the small table a region's head has. */
const LAST_PAGE = { few: 15, many: 1_000 };

const pagesOf = (rows: number): { page: number; filtered: boolean }[] => [
  ...(rows > 100_000 ? [1, 25].map((page) => ({ page, filtered: true })) : []),
  { page: 1, filtered: false },
  { page: rows > 100_000 ? LAST_PAGE.many : LAST_PAGE.few, filtered: false },
];

/** Lists of fifty under the scope of a region: filtered, and far down. `few` are the same of a small table. */
export const measureList = async (house: House, seconds: number, rows: number, few?: Lists): Promise<Lists> => {
  const { measured, baseline } = await compared(house, 'list', seconds, async () => {
    const rates: Lists = {};
    for (const { page, filtered } of pagesOf(rows)) {
      const plan = await listPlan(house, page, seconds, filtered);
      await load({ ...plan, seconds: WARM });
      const { perSecond, failed } = await load(plan);
      if (failed) throw new Error(`${plan.name}: ${failed} failed`);
      rates[plan.name] = perSecond;
    }
    return rates;
  });
  const shares = Object.fromEntries(Object.entries(measured).map(([name, perSecond]) => [name, perSecond / baseline]));
  for (const [name, perSecond] of Object.entries(measured)) {
    const goal = name.includes('filtered') ? { goal: '≥ 35 %', holds: shares[name]! >= 0.35 } : { goal: 'see below' };
    tell({
      what: `${name} of ${rows}`,
      measured: `${percent(shares[name]!)} (${rate(perSecond)})`,
      baseline: rate(baseline),
      ...goal,
    });
  }
  if (!few) return shares;
  const times = (name: string, slower: number, faster: number): void =>
    tell({
      what: name,
      measured: `${(faster / slower).toFixed(2)}× the time`,
      goal: '≤ 1.2×',
      holds: faster / slower <= 1.2,
    });
  const [first, last] = ['list page 1', `list page ${LAST_PAGE.many}`];
  times(`page ${LAST_PAGE.many} against page 1`, shares[last]!, shares[first!]!);
  times(`${rows} leads against a few`, shares[first!]!, few[first!]!);
  return shares;
};
