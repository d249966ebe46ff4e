import type { House } from '../house.ts';
import { load } from '../k6.ts';
import { CLIENTS, searchPlan } from '../measures.ts';
import { tell } from '../report.ts';
import { WARM } from './compared.ts';

/** Names that contain two Chinese characters which twenty of all have. */
export const measureSearch = async (house: House, seconds: number, rows: number): Promise<void> => {
  for (const all of [false, true]) {
    const plan = { ...(await searchPlan(house, rows, all, seconds)), clients: CLIENTS };
    await load({ ...plan, seconds: WARM });
    const { p50, p95, failed } = await load(plan);
    tell({
      what: `two characters of ${rows} names, scope over ${all ? 'all' : '0.1 %'}`,
      measured: `p95 ${p95.toFixed(1)} ms (p50 ${p50.toFixed(1)} ms, ${failed} failed)`,
      goal: 'p95 ≤ 150 ms',
      holds: p95 <= 150 && !failed,
    });
  }
};
