import { setTimeout as sleep } from 'node:timers/promises';
import { enter, seller } from '../data/organization.ts';
import type { House } from '../house.ts';
import { load } from '../k6.ts';
import { CLIENTS, createPlan } from '../measures.ts';
import { tell } from '../report.ts';

const PER_SECOND = 200;
const POLL_MS = 25;
const SLOW_MS = 60_000;

/** Milliseconds from the answer to a create until the dashboard's figure counts it, once a second until stopped. */
const probe = async (house: House, stopped: () => boolean): Promise<number[]> => {
  const person = await enter(house, seller(CLIENTS + 7));
  const day = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
  const question = { cube: 'lead', measures: ['new_count'], period: { fromDate: day, toDate: day } };
  const counted = async () => Number((await person.post('/v1/analytics/questions:ask', { question })).totals[0].value);
  const times: number[] = [];
  while (!stopped()) {
    const before = await counted();
    await person.post('/v1/leads', {
      name: '探针',
      phones: [`137${String(Math.floor(Math.random() * 1e8)).padStart(8, '0')}`],
    });
    const began = performance.now();
    while ((await counted()) === before && performance.now() - began < SLOW_MS) await sleep(POLL_MS);
    times.push(performance.now() - began);
    await sleep(Math.max(0, 1_000 - (performance.now() - began)));
  }
  return times.toSorted((a, b) => a - b);
};

/** From commit to dashboard while 200 leads a second come in. */
export const measureFreshness = async (house: House, minutes: number): Promise<void> => {
  const plan = await createPlan(house, minutes * 60);
  let over = false;
  const loading = load({ ...plan, perSecond: PER_SECOND }).finally(() => (over = true));
  const times = await probe(house, () => over);
  const { perSecond, dropped, failed, p95 } = await loading;
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))]!;
  const [p50, p99] = [at(0.5), at(0.99)];
  tell({
    what: `commit to dashboard at ${PER_SECOND} writes/s for ${minutes} min`,
    measured: `p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms (${times.length} probes; ${perSecond.toFixed(0)} writes/s, p95 ${p95.toFixed(0)} ms, ${dropped} dropped, ${failed} failed)`,
    goal: 'p50 ≤ 300 ms, p99 ≤ 2 s',
    holds: p50 <= 300 && p99 <= 2_000 && !failed && dropped < 0.01 * PER_SECOND * minutes * 60,
  });
};
