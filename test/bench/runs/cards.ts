import { bringAmidWork, bringToRest } from '../data/events.ts';
import type { House } from '../house.ts';
import { load } from '../k6.ts';
import { cardPlan, cards } from '../measures.ts';
import { tell } from '../report.ts';

const measure = async (house: House, when: string, seconds: number): Promise<void> => {
  for (const name of Object.keys(cards())) {
    const plan = await cardPlan(house, name, seconds);
    await load({ ...plan, seconds: 1 });
    const { p50, p95, failed, requests } = await load(plan);
    tell({
      what: `card ${when}: ${name}`,
      measured: `p95 ${p95.toFixed(0)} ms (p50 ${p50.toFixed(0)} ms, ${requests} asked, ${failed} failed)`,
      goal: 'p95 ≤ 300 ms',
      holds: p95 <= 300 && !failed,
    });
  }
};

/** Every card of the dashboard over a year, for heads of regions between which branches moved. */
export const measureCards = async (house: House, seconds: number): Promise<void> => {
  await bringToRest(house);
  await measure(house, 'at rest', seconds);
  await bringAmidWork(house);
  await measure(house, 'amid changes', seconds);
};
