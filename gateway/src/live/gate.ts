/** Lets so many works run at a time; the others wait in order. */
export type Gate = <T>(work: () => Promise<T>) => Promise<T>;

export const openGate = (max: number): Gate => {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running < max) running += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      // The place goes to whoever waits next, or is given back.
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
};
