import { DAY_MS, HOUR_MS } from './sums.ts';

/** Hours of the enterprise's day in which few ask for figures: the comparison event by event reads all there is. */
const NIGHT = { from: 1, to: 5 };
/** What was compared in the evening need not be compared in the night. */
const RESTED_MS = 12 * HOUR_MS;
/** Where nothing runs at night it is done at day, though later. */
const OVERDUE_MS = 2 * DAY_MS;

/** An installation that begins has other work. */
const FIRST_MS = HOUR_MS;

type Begun = {
  /** The last comparison; undefined before the first. */
  last: Date | undefined;
  /** This process. */
  started: Date;
};

/** Whether it is time to compare event by event. */
export const isProofDue = ({ last, started }: Begun, now: Date, timeZone: string): boolean => {
  if (!last) return now.getTime() - started.getTime() > FIRST_MS;
  const age = now.getTime() - last.getTime();
  const { hour } = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(timeZone);
  const night = hour >= NIGHT.from && hour < NIGHT.to;
  return age > OVERDUE_MS || (night && age > RESTED_MS);
};
