import { seeded } from '../deploy/demo/random.ts';

/** Choices that a seed repeats. */
export type Random = {
  /** From 0 up to but not 1. */
  next: () => number;
  /** A whole number from 0 up to but not `limit`. */
  below: (limit: number) => number;
  /** True so often, from 0 to 1. */
  chance: (share: number) => boolean;
  /** One of them; throws when there is none. */
  of: <T>(items: readonly T[]) => T;
  /** Each of them with this chance. */
  some: <T>(items: readonly T[], share: number) => T[];
};

export const randomOf = (seed: number): Random => {
  const { next, chance } = seeded(seed);
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    below,
    chance,
    of: (items) => {
      if (!items.length) throw new Error('There is nothing to choose from.');
      return items[below(items.length)]!;
    },
    some: (items, share) => items.filter(() => chance(share)),
  };
};
