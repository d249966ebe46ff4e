import { openHanging, type Hanging } from './hanging.ts';
import type { Shown } from './records-in.ts';

const IDS_PER_CALLER_MAX = 2_000;
/** Of all callers together, some 50 MB. */
const IDS_MAX = 500_000;
const CALLERS_MAX = 10_000;
/** Between a page's requests and its event stream, and while a stream comes back. */
const KEEP_MS = 60_000;

type Memory = { ids: Set<string>; hanging: Hanging; held: number; untilMs: number };

export type Seen = {
  add: (caller: string, ids: Iterable<string>) => void;
  /** The same with what the records refer to, as an answer shows it. */
  show: (caller: string, records: Shown[]) => void;
  /** What the caller was shown and refers to this record. */
  hangingOn: (caller: string, id: string) => Shown[];
  /** True when it was there. */
  remove: (caller: string, id: string) => boolean;
  /** Keeps a caller's memory for as long as a stream is open; returns how to let go. */
  hold: (caller: string) => () => void;
  /** Ids of all callers. */
  size: () => number;
};

/**
 * The records that each caller was shown, bounded: who was shown a record and can see it no longer is told that it is
 * gone. What the memory has lost stays unsaid, for an event that nobody may hear must not be heard.
 */
export const openSeen = (now: () => number = Date.now): Seen => {
  /** The least recently used first. */
  const callers = new Map<string, Memory>();
  let total = 0;

  const forgetOldest = (): void => {
    for (const [caller, memory] of callers) {
      const expired = memory.held === 0 && memory.untilMs <= now();
      if (!expired && total <= IDS_MAX && callers.size <= CALLERS_MAX) return;
      total -= memory.ids.size;
      memory.ids.clear();
      memory.hanging.clear();
      if (memory.held === 0) callers.delete(caller);
    }
  };

  const used = (caller: string): Memory => {
    const memory = callers.get(caller) ?? { ids: new Set(), hanging: openHanging(), held: 0, untilMs: 0 };
    callers.delete(caller);
    callers.set(caller, memory);
    memory.untilMs = now() + KEEP_MS;
    return memory;
  };

  const add = (caller: string, added: Iterable<string>): void => {
    const { ids, hanging } = used(caller);
    total -= ids.size;
    for (const id of added) {
      ids.delete(id);
      ids.add(id);
    }
    for (const id of ids) {
      if (ids.size <= IDS_PER_CALLER_MAX) break;
      ids.delete(id);
      hanging.remove(id);
    }
    total += ids.size;
    forgetOldest();
  };

  return {
    add,
    show: (caller, records) => {
      // The newest stay when there are too many.
      const kept = records.slice(-IDS_PER_CALLER_MAX);
      add(
        caller,
        kept.map(({ id }) => id),
      );
      for (const record of kept) callers.get(caller)?.hanging.add(record);
    },
    hangingOn: (caller, id) => callers.get(caller)?.hanging.on(id) ?? [],
    remove: (caller, id) => {
      const memory = callers.get(caller);
      memory?.hanging.remove(id);
      const was = memory?.ids.delete(id) ?? false;
      if (was) total -= 1;
      return was;
    },
    hold: (caller) => {
      used(caller).held += 1;
      let held = true;
      return () => {
        if (held) used(caller).held -= 1;
        held = false;
      };
    },
    size: () => total,
  };
};
