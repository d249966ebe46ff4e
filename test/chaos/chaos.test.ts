import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WITHOUT_PAGES } from '../../deploy/local/processes.ts';
import { BUGS } from './bugs.ts';
import type { Difference } from './difference.ts';
import { drawPlan } from './plan.ts';
import { table } from './report.ts';
import { runPlan } from './run.ts';
import { tryBug } from './seed-bug.ts';
import { foundWorld, type World } from './world.ts';
import { acknowledgedIn } from './writers.ts';

/** The small form of `npm run chaos`: one seed of few faults, and two bugs that the checker must see. */
let world: World;
const differences: Difference[] = [];

const SEED = Number(process.env['PELAGIC_SEED'] ?? 7);
const FAULTS = 20;
const SECONDS = 75;
/** Acknowledged: enough of everything, and the nightly run has the rest. */
const WRITES = 400;

beforeAll(async () => {
  world = await foundWorld();
}, 180_000);
afterAll(() => world?.stop(), 60_000);

const say = (line: string): void => console.log(line);

describe(`while processes die, stand still, lose their lines and their room (seed ${SEED})`, () => {
  it('nothing is lost, nothing is doubled, and nothing comes out of order', async () => {
    const lines = [...world.lines.keys()];
    const plan = drawPlan({
      seed: SEED,
      faults: FAULTS,
      seconds: SECONDS,
      pauseMs: 5_000,
      nodes: WITHOUT_PAGES,
      lines,
    });
    const run = await runPlan({ world, plan, writers: 8, spacingMs: 60, writesMin: WRITES, drainMaxMs: 90_000, say });
    say(table(run));
    differences.push(...run.verdict.differences);
    expect(differences).toEqual([]);
    expect(acknowledgedIn(run.history.ops)).toBeGreaterThanOrEqual(WRITES);
  }, 400_000);
});

describe('the checker sees', () => {
  it.each(['two-relays', 'reused-token'])(
    '%s',
    async (name) => {
      const bug = BUGS.find((each) => each.name === name)!;
      const trial = await tryBug({
        world,
        bug,
        planted: true,
        seed: SEED,
        before: differences,
        drainMaxMs: 15_000,
        say,
      });
      differences.push(...trial.found);
      expect(trial.caughtBy?.check).toBeOneOf(bug.sees);
    },
    120_000,
  );
});
