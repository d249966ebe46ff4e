import type { Log } from '@pelagic/chassis/log';
import type { Part } from '@pelagic/chassis/service';

type Options = {
  name: string;
  /** Rest before the first time, and from the end of one to the beginning of the next. */
  everyMs: number;
  /** `goesOn` turns false when the process is to stop: long work looks now and then. */
  work: (goesOn: () => boolean) => Promise<void>;
  log: Log;
};

/** Does its work again and again for as long as the process runs; what fails is tried again the next time. */
export const repeated = ({ name, everyMs, work, log }: Options): Part => {
  let timer: NodeJS.Timeout | undefined;
  let working: Promise<void> = Promise.resolve();
  const rest = (): void => {
    timer = setTimeout(tick, everyMs).unref();
  };
  const tick = (): void => {
    working = work(() => timer !== undefined)
      .catch((error: unknown) => log.warn({ err: error }, `${name} waits`))
      .then(() => {
        if (timer) rest();
      });
  };
  return {
    name,
    start: async () => rest(),
    stop: async () => {
      clearTimeout(timer);
      timer = undefined;
      await working;
    },
  };
};
