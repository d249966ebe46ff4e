import { memoryOf } from '../../../deploy/local/memory.ts';
import type { House } from '../house.ts';
import { load } from '../k6.ts';
import { createPlan, listPlan } from '../measures.ts';
import { tell } from '../report.ts';
import { percent } from './compared.ts';

/** Seconds in which the limit is looked for. */
const LIMIT_SECONDS = 20;
const WINDOW_MINUTES = 10;

const pidsOf = ({ mesh }: House): number[] =>
  ['postgres', 'nats', ...mesh.definitions.map(({ name }) => name)].flatMap((name) => mesh.pid(name) ?? []);

/** An hour of creates and lists at half of what they reach alone: memory and times of each ten minutes. */
export const measureSoak = async (house: House, minutes: number): Promise<void> => {
  const lists = await listPlan(house, 1, LIMIT_SECONDS, true);
  const creates = await createPlan(house, LIMIT_SECONDS);
  const limits = { list: (await load(lists)).perSecond, create: (await load(creates)).perSecond };
  const half = (limit: number): number => Math.max(1, Math.floor(limit / 4));
  const windows: { megabytes: number; p95: number }[] = [];
  for (let at = 0; at < minutes; at += WINDOW_MINUTES) {
    const seconds = Math.min(WINDOW_MINUTES, minutes - at) * 60;
    const first = (creates.first ?? 0) + 1_000_000 * (at + 1);
    // Each at a quarter of its own limit: together they take half of the machine.
    const [listed, created] = await Promise.all([
      load({ ...lists, seconds, perSecond: half(limits.list) }),
      load({ ...creates, first, seconds, perSecond: half(limits.create) }),
    ]);
    if (listed.failed + created.failed) throw new Error(`${listed.failed + created.failed} requests failed`);
    windows.push({ megabytes: memoryOf(pidsOf(house)).megabytes, p95: Math.max(listed.p95, created.p95) });
  }
  const [first, last] = [windows[0]!, windows.at(-1)!];
  const growth = last.megabytes / first.megabytes - 1;
  tell({
    what: `${minutes} min of mixed load at half of the limit`,
    measured: `memory ${percent(growth)} (${windows.map(({ megabytes }) => megabytes).join(', ')} MB), p95 ${windows.map(({ p95 }) => p95.toFixed(0)).join(', ')} ms`,
    goal: 'memory < 5 % after the first 10 min, p95 stable',
    holds: growth < 0.05 && last.p95 <= 1.5 * first.p95,
  });
};
