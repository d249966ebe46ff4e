import { Problem } from '@pelagic/chassis/problem';

/** Statements that wait for their turn, of everybody. */
const WAITING_MAX = 60;
/** Of one person, running and waiting together: one script cannot keep everybody else out. */
const OF_ONE_PERSON_MAX = 4;

export type Turns = {
  /** Waits for a turn and gives back what ends it. Whoever does not wait to the end says so by `signal`. */
  take: (personId: string, signal: AbortSignal) => Promise<() => void>;
};

const full = (reason: 'SQL_QUEUE_FULL' | 'SQL_QUEUE_FULL_FOR_YOU', message: string): Problem =>
  new Problem('RESOURCE_EXHAUSTED', reason, message);

/**
 * So many statements run at once, in the order in which they came. They have connections of their own: however many analysts
 * ask, the dashboards' never wait for one of theirs.
 */
export const openTurns = (runningMax: number): Turns => {
  const waiting: (() => void)[] = [];
  const byPerson = new Map<string, number>();
  let running = 0;
  const leave = (personId: string): void => {
    const rest = (byPerson.get(personId) ?? 1) - 1;
    if (rest) byPerson.set(personId, rest);
    else byPerson.delete(personId);
  };
  const next = (): void => {
    running -= 1;
    waiting.shift()?.();
  };
  const wait = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const start = (): void => {
        signal.removeEventListener('abort', giveUp);
        running += 1;
        resolve();
      };
      const giveUp = (): void => {
        waiting.splice(waiting.indexOf(start), 1);
        reject(new Problem('CANCELLED', 'CANCELLED', 'The query was cancelled.'));
      };
      if (running < runningMax) return start();
      signal.addEventListener('abort', giveUp, { once: true });
      waiting.push(start);
    });
  return {
    take: async (personId, signal) => {
      const own = byPerson.get(personId) ?? 0;
      if (own >= OF_ONE_PERSON_MAX)
        throw full('SQL_QUEUE_FULL_FOR_YOU', 'Several of your queries are running. Wait until one of them ends.');
      if (waiting.length >= WAITING_MAX)
        throw full('SQL_QUEUE_FULL', 'Too many queries are running. Try again in a moment.');
      byPerson.set(personId, own + 1);
      try {
        await wait(signal);
      } catch (error) {
        leave(personId);
        throw error;
      }
      return () => {
        leave(personId);
        next();
      };
    },
  };
};
