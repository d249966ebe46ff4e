import { Problem } from '@pelagic/chassis/problem';

const busy = (): Problem =>
  new Problem('RESOURCE_EXHAUSTED', 'TOO_BUSY', 'Too much at once; try again in a moment.', {
    params: { retryAfterSeconds: '1' },
  });

export type Limit = <T>(work: () => Promise<T>) => Promise<T>;

/** At most `running` at a time; the others wait, and beyond `waiting` they are refused. */
export const limitTo = (running: number, waiting: number): Limit => {
  const queue: (() => void)[] = [];
  let free = running;
  return async (work) => {
    if (free === 0 && queue.length >= waiting) throw busy();
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => queue.push(resolve));
    try {
      return await work();
    } finally {
      const next = queue.shift();
      if (next) next();
      else free += 1;
    }
  };
};

/** One at a time per key, at most `waiting` behind it. */
export const turns = (waiting: number): (<T>(key: string, work: () => Promise<T>) => Promise<T>) => {
  const limits = new Map<string, { limit: Limit; users: number }>();
  return async (key, work) => {
    const entry = limits.get(key) ?? { limit: limitTo(1, waiting), users: 0 };
    limits.set(key, entry);
    entry.users += 1;
    try {
      return await entry.limit(work);
    } finally {
      entry.users -= 1;
      if (!entry.users) limits.delete(key);
    }
  };
};
