import type { Arrival, Source } from './source.ts';

/** A stream that says it has more and does not bring it is waited for no longer than this. */
const PATIENCE_MS = 2_000;

const isEarlier = (a: Arrival, b: Arrival): boolean => a.recorded < b.recorded;

/** The source whose next event was recorded first; undefined when nothing has come. */
const earliest = (sources: Source[]): Source | undefined => {
  let first: Source | undefined;
  for (const source of sources) {
    const head = source.head();
    if (head && (!first || isEarlier(head, first.head()!))) first = source;
  }
  return first;
};

/**
 * The next events of several streams, in about the order in which they were recorded: what is read from a date on begins
 * near it in all of them. The order within a stream, and so of a record, is kept exactly.
 */
export const takeMerged = (sources: Source[], max: number, waitedMs: number): Arrival[] => {
  const taken: Arrival[] = [];
  const mayWait = waitedMs < PATIENCE_MS;
  while (taken.length < max) {
    if (mayWait && sources.some((source) => source.isBehind())) break;
    const source = earliest(sources);
    if (!source) break;
    taken.push(source.head()!);
    source.take();
  }
  return taken;
};
