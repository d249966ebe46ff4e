/** Choices that a seed repeats (mulberry32). */
export type Random = {
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
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    below,
    chance: (share) => next() < share,
    of: (items) => {
      if (!items.length) throw new Error('There is nothing to choose from.');
      return items[below(items.length)]!;
    },
    some: (items, share) => items.filter(() => next() < share),
  };
};
