/** An event by its record and version; and its place in the stream. */
export type Turn = { record: string; version: number; seq: number };

/**
 * Which events wait to be tried again: later ones of the same record wait behind them. Known to this process alone, which
 * is enough: one process reads, and what it leaves behind comes again to its successor from the first of them on.
 */
export const openTurns = () => {
  const waiting = new Map<string, Set<number>>();
  const tries = new Map<number, number>();
  const since = new Map<number, number>();
  return {
    /** Everything that waits comes again. How often it failed and for how long it has waited stays known. */
    begin: (): void => waiting.clear(),
    isUp: ({ record, version }: Turn): boolean => {
      for (const earlier of waiting.get(record) ?? []) if (earlier < version) return false;
      return true;
    },
    wait: ({ record, version }: Turn): void => {
      const theirs = waiting.get(record) ?? new Set();
      waiting.set(record, theirs.add(version));
    },
    /** Counts a try that failed; answers how many did. */
    failed: (seq: number): number => {
      const count = (tries.get(seq) ?? 0) + 1;
      tries.set(seq, count);
      return count;
    },
    /** For how long it has been asked. */
    waitedMs: (seq: number): number => {
      const first = since.get(seq) ?? performance.now();
      since.set(seq, first);
      return performance.now() - first;
    },
    over: ({ record, version, seq }: Turn): void => {
      tries.delete(seq);
      since.delete(seq);
      const theirs = waiting.get(record);
      theirs?.delete(version);
      if (!theirs?.size) waiting.delete(record);
    },
  };
};
