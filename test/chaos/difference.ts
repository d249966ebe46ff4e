/** Something that is not as it should be. */
export type Difference = {
  check: string;
  kind: 'lost' | 'doubled' | 'foreign' | 'disordered' | 'unequal' | 'stuck';
  /** What it is about, the same in every reading. */
  what: string;
  /** Milliseconds since 1970, when it is about something that happened. */
  at?: number;
  /** Where in the order of its stream a lost thing stood: what is lost in the middle was certainly there to be had. */
  place?: 'prefix' | 'middle' | 'postfix';
};

/** What a check compared, and what it found. */
export type Finding = { check: string; compared: number; differences: Difference[] };

type More = Pick<Difference, 'at' | 'place'>;

/** Collects what one check finds. */
export const finding = (check: string) => {
  const found: Finding = { check, compared: 0, differences: [] };
  return {
    found,
    compared: (count = 1): void => {
      found.compared += count;
    },
    differ: (kind: Difference['kind'], what: string, more: More = {}): void => {
      found.differences.push({ check, kind, what, ...more });
    },
  };
};

export const countBy = <T>(items: Iterable<T>, key: (item: T) => string): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1);
  return counts;
};
