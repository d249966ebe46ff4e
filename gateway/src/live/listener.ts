import type { Change } from './bus.ts';
import type { EventStream, Notice } from './event-stream.ts';
import type { Shown } from './records-in.ts';
import type { Seen } from './seen.ts';

/** Changes of this long are asked about together. */
const BATCH_MS = 100;
/** When an owner cannot say who may know, it is asked again after this. */
const RETRY_MS = 1_000;
/** A service knows of another's change when it has read its event: what hangs on a record of another is asked about after this. */
const COPIED_MS = 2_000;
/** Changes that wait; above it the caller is told to fetch again instead. Also the most ids of one FilterVisible. */
const PENDING_MAX = 1_000;
/** Changes that the caller may not hear of, kept for answers that were under way. */
const REFUSED_MAX = 500;
/** "Anything may have changed" is told at most this often. */
const MISSED_EVERY_MS = 5_000;

/**
 * Of these records of one noun those that the caller may see now; undefined when the owner's answer is none, so that
 * nothing can be said. Throws when it is worth asking again.
 */
export type AskVisible = (service: string, noun: string, ids: string[]) => Promise<ReadonlySet<string> | undefined>;

/** One caller with all its open streams. */
export type Listener = {
  streams: Set<EventStream>;
  changed: (change: Change) => void;
  /** An answer of this moment showed these records: one that went out of sight while it was under way is asked about again. */
  saw: (records: Shown[]) => void;
  /** Told within `spreadMs`, so that not everybody fetches again at the same moment. */
  missed: (spreadMs: number) => void;
  stop: () => void;
};

type Options = {
  caller: string;
  askVisible: AskVisible;
  seen: Seen;
  /** Called once when the listener is stopped. */
  stopped: () => void;
  now?: () => number;
};

export const openListener = ({ caller, askVisible, seen, stopped: onStop, now = Date.now }: Options): Listener => {
  const streams = new Set<EventStream>();
  const refused = new Map<string, Change>();
  let pending = new Map<string, Change>();
  let timer: NodeJS.Timeout | undefined;
  let flushing = false;
  let stopped = false;
  let missedFromMs = Infinity;
  let toldMissedMs = -Infinity;

  const schedule = (ms: number): void => {
    if (stopped || flushing) return;
    timer ??= setTimeout(() => void flush(), ms);
  };

  const remember = (change: Change): void => {
    const known = pending.get(change.id);
    if (!known || known.version < change.version) pending.set(change.id, change);
    if (pending.size <= PENDING_MAX) return;
    pending.clear();
    missedFromMs = Math.min(missedFromMs, now());
  };

  /** The record itself did not change, but one that it hangs on did: the caller may not see it any more. */
  const mayBeGone = ({ service, noun, id }: Shown): void => remember({ service, noun, id, version: 0 });

  const noticeOf = (visible: ReadonlySet<string>, change: Change): Notice[] => {
    const { noun, id, version } = change;
    refused.delete(id);
    if (visible.has(id)) {
      seen.add(caller, [id]);
      return version ? [{ noun, id, version }] : [];
    }
    refused.set(id, change);
    if (refused.size > REFUSED_MAX) refused.delete(refused.keys().next().value!);
    return seen.remove(caller, id) ? [{ noun, id, gone: true }] : [];
  };

  const tellGroup = async (changes: Change[]): Promise<void> => {
    const { service, noun } = changes[0]!;
    const visible = await askVisible(
      service,
      noun,
      changes.map(({ id }) => id),
    );
    if (!visible || stopped) return;
    const notices = changes.flatMap((change) => noticeOf(visible, change));
    if (notices.length) for (const stream of streams) stream.tell(notices);
  };

  /** False when some of the changes have to be asked about again. */
  const tell = async (changes: Change[]): Promise<boolean> => {
    const groups = Map.groupBy(changes, ({ service, noun }) => `${service}/${noun}`);
    const told = await Promise.all(
      [...groups.values()].map(async (group) => {
        try {
          await tellGroup(group);
          return true;
        } catch {
          group.forEach(remember);
          return false;
        }
      }),
    );
    return told.every(Boolean);
  };

  const tellMissed = (): void => {
    const time = now();
    if (missedFromMs > time || time - toldMissedMs < MISSED_EVERY_MS) return;
    missedFromMs = Infinity;
    toldMissedMs = time;
    for (const stream of streams) stream.tellMissed();
  };

  const flush = async (): Promise<void> => {
    timer = undefined;
    flushing = true;
    const changes = [...pending.values()];
    pending = new Map();
    const told = await tell(changes);
    tellMissed();
    flushing = false;
    const missedInMs = Math.max(missedFromMs, toldMissedMs + MISSED_EVERY_MS) - now();
    if (pending.size) schedule(told ? BATCH_MS : RETRY_MS);
    else if (missedFromMs < Infinity) schedule(Math.max(missedInMs, BATCH_MS));
  };

  const askAgain = (records: Shown[]): void => {
    if (!records.length) return;
    records.forEach(mayBeGone);
    schedule(BATCH_MS);
  };

  const changed = (change: Change): void => {
    remember(change);
    const { here = [], elsewhere = [] } = Object.groupBy(seen.hangingOn(caller, change.id), ({ service }) =>
      service === change.service ? 'here' : 'elsewhere',
    );
    here.forEach(mayBeGone);
    schedule(BATCH_MS);
    if (elsewhere.length) setTimeout(() => askAgain(elsewhere), COPIED_MS).unref();
  };

  const saw = (record: Shown): void => {
    const change = refused.get(record.id);
    if (change) changed(change);
    else if (record.on.some((id) => refused.has(id))) askAgain([record]);
  };

  return {
    streams,
    changed,
    saw: (records) => records.forEach(saw),
    missed: (spreadMs) => {
      missedFromMs = Math.min(missedFromMs, now() + Math.random() * spreadMs);
      schedule(Math.max(missedFromMs - now(), BATCH_MS));
    },
    stop: () => {
      if (stopped) return;
      stopped = true;
      clearTimeout(timer);
      onStop();
    },
  };
};
