/** Random choices that a seed repeats: mulberry32. */
export type Random = {
  /** From 0 up to but not 1. */
  next: () => number;
  /** A whole number from 0 up to but not `below`. */
  below: (below: number) => number;
  /** True so often, from 0 to 1. */
  chance: (share: number) => boolean;
  /** One of them; throws when there is none. */
  of: <T>(items: readonly T[]) => T;
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
    next,
    below,
    chance: (share) => next() < share,
    of: (items) => {
      if (!items.length) throw new Error('There is nothing to choose from.');
      return items[below(items.length)]!;
    },
  };
};
