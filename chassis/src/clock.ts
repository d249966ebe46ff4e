import { currentContext } from './context.ts';

/** When it happens: the real time, or the simulated one that a seed token carries. */
export const now = (): Date => currentContext()?.caller.clock ?? new Date();

/** The date of an instant in a time zone, as YYYY-MM-DD. */
export const dateIn = (timeZone: string, instant: Date = now()): string =>
  Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(timeZone).toPlainDate().toString();

/** The first instant of a date in a time zone. */
export const startOfDate = (timeZone: string, date: string): Date =>
  new Date(Temporal.PlainDate.from(date).toZonedDateTime({ timeZone }).epochMilliseconds);
