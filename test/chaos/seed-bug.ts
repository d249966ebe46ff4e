import { UNDER_LOAD } from '../../deploy/local/specs.ts';
import { reachable } from '../mesh/enterprise.ts';
import { newIn } from './check.ts';
import type { Bug } from './bugs.ts';
import type { Difference } from './difference.ts';
import { runPlan } from './run.ts';
import type { World } from './world.ts';

export type Trial = {
  bug: string;
  planted: boolean;
  tookMs: number;
  /** Differences that this run brought. */
  found: Difference[];
  /** The first of those that were to be expected. */
  caughtBy: Difference | undefined;
};

const PLANT = new URL('./plant.ts', import.meta.url).href;

const withBug = ({ name }: Bug): Record<string, string> => ({
  NODE_OPTIONS: `${UNDER_LOAD.NODE_OPTIONS} --import ${PLANT}`,
  PELAGIC_BUG: name,
});
const without = (): Record<string, string> => ({ ...UNDER_LOAD, PELAGIC_BUG: '' });

/** Figures as somebody looks at them; the answers do not matter. */
const askOn = async ({ managers }: World, goesOn: () => boolean): Promise<void> => {
  const year = new Date().getUTCFullYear();
  const period = { fromDate: `${year}-01-01`, toDate: `${year}-12-31` };
  while (goesOn()) {
    const question = { cube: 'lead', measures: ['new_count'], period };
    await managers[0]!.ask('POST', '/v1/analytics/questions:ask', { question }).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};

export type TrialOptions = {
  world: World;
  bug: Bug;
  /** False runs the same without the bug: then nothing may be found. */
  planted: boolean;
  seed: number;
  /** What the world already had. */
  before: Difference[];
  drainMaxMs: number;
  say: (line: string) => void;
};

/** Runs what brings the bug to light. */
export const tryBug = async ({ world, bug, planted, seed, before, drainMaxMs, say }: TrialOptions): Promise<Trial> => {
  const began = performance.now();
  const { mesh } = world.house;
  if (planted) await Promise.all(bug.processes.map((name) => mesh.restart(name, withBug(bug))));
  try {
    await reachable(world.house.admin);
    let asking = bug.asks ?? false;
    const asked = askOn(world, () => asking);
    const run = await runPlan({
      world,
      // Faults of their own: what became of one is noted by it.
      plan: { seed, seconds: bug.seconds, pauseMs: 0, faults: structuredClone(bug.faults) },
      writers: 12,
      spacingMs: 20,
      writesMin: 0,
      drainMaxMs,
      say,
      ...(bug.mix && { mix: bug.mix }),
    });
    asking = false;
    await asked;
    // What the world had before may look different by now; what this run wrote down tells of this run.
    const found = newIn(run.verdict.differences, before).filter(({ at = Infinity }) => at >= run.beganAt);
    const caughtBy = found.find(({ check }) => bug.sees.includes(check));
    return { bug: bug.name, planted, tookMs: Math.round(performance.now() - began), found, caughtBy };
  } finally {
    if (planted) await Promise.all(bug.processes.map((name) => mesh.restart(name, without())));
  }
};
