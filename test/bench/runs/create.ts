import { drained } from '../lag.ts';
import type { House } from '../house.ts';
import { load } from '../k6.ts';
import { createPlan } from '../measures.ts';
import { tell } from '../report.ts';
import { compared, percent, rate, WARM } from './compared.ts';

/** Leads through the gateway with permission, validation, audit and event, while relay, projections and ingest keep up. */
export const measureCreate = async (house: House, seconds: number): Promise<void> => {
  const { measured, baseline } = await compared(house, 'create', seconds, async () => {
    const plan = await createPlan(house, seconds);
    await load({ ...plan, seconds: WARM, first: (plan.first ?? 0) + 5_000_000 });
    await drained(house);
    const loaded = await load(plan);
    return { ...loaded, lag: await drained(house) };
  });
  const share = measured.perSecond / baseline;
  tell({
    what: 'create a lead, 16 clients',
    measured: `${percent(share)} (${rate(measured.perSecond)}, p95 ${measured.p95.toFixed(1)} ms, ${measured.failed} failed)`,
    baseline: rate(baseline),
    goal: '≥ 45 %',
    holds: share >= 0.45 && !measured.failed,
  });
  tell({
    what: 'lag of relay, projections and ingest at its end',
    measured: `${measured.lag.toFixed(1)} s`,
    goal: '≤ 2 s',
    holds: measured.lag <= 2,
  });
};
