const IDS_PER_CALLER_MAX = 2_000;
/** Of all callers together, some 50 MB. */
const IDS_MAX = 500_000;
const CALLERS_MAX = 10_000;
/** Between a page's requests and its event stream, and while a stream comes back. */
const KEEP_MS = 60_000;

type Memory = { ids: Set<string>; held: number; untilMs: number };

export type Seen = {
  add: (caller: string, ids: Iterable<string>) => void;
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
      if (memory.held === 0) callers.delete(caller);
    }
  };

  const used = (caller: string): Memory => {
    const memory = callers.get(caller) ?? { ids: new Set(), held: 0, untilMs: 0 };
    callers.delete(caller);
    callers.set(caller, memory);
    memory.untilMs = now() + KEEP_MS;
    return memory;
  };

  return {
    add: (caller, added) => {
      const { ids } = used(caller);
      total -= ids.size;
      for (const id of added) {
        ids.delete(id);
        ids.add(id);
      }
      for (const id of ids) {
        if (ids.size <= IDS_PER_CALLER_MAX) break;
        ids.delete(id);
      }
      total += ids.size;
      forgetOldest();
    },
    remove: (caller, id) => {
      const was = callers.get(caller)?.ids.delete(id) ?? false;
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
