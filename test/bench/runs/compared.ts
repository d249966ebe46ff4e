import { withBare, type Bare } from '../bare.ts';
import type { House } from '../house.ts';
import type { Loaded } from '../k6.ts';

/** Two runs of the bare chain may differ so much before the machine is called unsteady and everything is run again. */
const UNSTEADY = 0.2;
const TRIES = 3;
/** Seconds of warming up: code that is not compiled yet and plans that are not kept yet are not what is measured. */
export const WARM = 5;

export type Compared<T> = { measured: T; before: Loaded; after: Loaded; baseline: number };

/** The bare chain before and after the real thing, for as long; once more when the two differ too much. */
export const compared = async <T>(
  house: House,
  kind: keyof Bare,
  seconds: number,
  measure: () => Promise<T>,
): Promise<Compared<T>> =>
  withBare(house, async (bare) => {
    await bare.create(1);
    for (let tries = 1; ; tries += 1) {
      await bare[kind](WARM);
      const before = await bare[kind](seconds);
      const measured = await measure();
      const after = await bare[kind](seconds);
      const [low, high] = [before.perSecond, after.perSecond].toSorted((a, b) => a - b) as [number, number];
      if ((high - low) / high <= UNSTEADY || tries === TRIES)
        return { measured, before, after, baseline: (low + high) / 2 };
      process.stdout.write(`  the bare chain did ${low.toFixed(0)} and ${high.toFixed(0)} a second: once more\n`);
    }
  });

export const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
export const rate = (perSecond: number): string => `${perSecond.toFixed(0)}/s`;
