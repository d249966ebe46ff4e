import { reachable } from '../mesh/enterprise.ts';
import type { Difference } from './ledger.ts';
import { MUTANT, type Mutant } from './mutants.ts';
import { PROBES } from './probes.ts';
import { askEverybody } from './run.ts';
import { changeRole, share, takeStep } from './steps.ts';
import { readValues, type World } from './world.ts';

/** Somebody has to be there to whom the mistake opens something. */
const ROUNDS_MAX = 8;
const STEPS_EACH = 6;

/**
 * Gives a process the mistake, for as long as it runs: the first difference that it brings, in the paths that must show it;
 * undefined when nobody sees it.
 */
export const caughtBy = async (
  world: World,
  { name, sees, process = 'customer' }: Mutant,
): Promise<Difference | undefined> => {
  const probes = sees.flatMap((path) => PROBES[path]);
  const { mesh, admin } = world.house;
  await mesh.restart(process, {
    NODE_OPTIONS: `--import=${new URL('./plant.ts', import.meta.url).href}`,
    [MUTANT]: name,
  });
  await reachable(admin);
  for (let round = 1; round <= ROUNDS_MAX; round += 1) {
    for (let step = 0; step < STEPS_EACH; step += 1) await takeStep(world, [share, share, changeRole]);
    await readValues(world);
    const decided = await askEverybody(world, probes, { round, limitMs: 1_000 });
    const found = decided
      .flatMap(({ differences }) => differences)
      .find(({ path }) => (sees as string[]).includes(path));
    if (found) return found;
  }
  return undefined;
};
