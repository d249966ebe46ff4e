import type { WorkingTime } from '@pelagic/capabilities/calendar/working-time';
import { isoTime } from '@pelagic/capabilities/record/mapping';
import type { TicketRow } from './ticket.ts';

/**
 * The clock of a ticket. It runs while people here can go on and stands still while they wait for somebody else. What has
 * run is kept in whole working minutes, so that however often it stops, nothing is lost: due is what is left of the
 * target, added to the moment since which it runs.
 */
export type ClockRow = Pick<
  TicketRow,
  'target_minutes' | 'due_time' | 'remaining_minutes' | 'late' | 'worked_minutes' | 'running_since'
>;

const MINUTE_MS = 60_000;

/** Moments count from the minute in which they are. */
const minuteOf = (at: Date): Date => new Date(Math.floor(at.getTime() / MINUTE_MS) * MINUTE_MS);

export const instantOf = (time: string): Date => new Date(isoTime(time));

/** The same instant stays written as it is, so that nothing seems to change. */
const sameOr = (before: string | null, next: Date | null): string | null =>
  before && next && instantOf(before).getTime() === next.getTime() ? before : (next?.toISOString() ?? null);

/** Working minutes from one moment to another, whole. */
export const minutesBetween = (time: WorkingTime, from: Date, to: Date): number =>
  Math.max(0, Math.round(time.between(minuteOf(from), minuteOf(to))));

const isPast = (due: string | null, at: Date): boolean => due !== null && instantOf(due) < at;

const dueFrom = (row: ClockRow, time: WorkingTime, since: Date): Date | null =>
  row.target_minutes === null ? null : time.add(since, row.target_minutes - row.worked_minutes);

/** Lets the clock run from now on. What was late already is due in the past. */
export const startClock = (row: ClockRow, time: WorkingTime, at: Date): void => {
  const since = minuteOf(at);
  row.running_since = since.toISOString();
  row.remaining_minutes = null;
  row.due_time = sameOr(row.due_time, dueFrom(row, time, since));
};

/** Takes what has run into the count. */
const count = (row: ClockRow, time: WorkingTime, at: Date): void => {
  if (!row.running_since) return;
  row.worked_minutes += minutesBetween(time, instantOf(row.running_since), at);
  row.running_since = null;
};

/** Stops the clock until somebody lets it run again; nothing is due meanwhile. */
export const pauseClock = (row: ClockRow, time: WorkingTime, at: Date): void => {
  row.late ||= isPast(row.due_time, at);
  count(row, time, at);
  row.due_time = null;
  row.remaining_minutes = row.target_minutes === null ? null : row.target_minutes - row.worked_minutes;
};

/** Stops it for good; when it was due stands. */
export const endClock = (row: ClockRow, time: WorkingTime, at: Date): void => {
  row.late ||= isPast(row.due_time, at);
  count(row, time, at);
  row.remaining_minutes = null;
};

/**
 * Another target, and perhaps another calendar: what has run counts for it as well. It is a promise of its own, late or
 * not by itself.
 */
export const retarget = (
  row: ClockRow,
  target: number | null,
  { before, after }: { before: WorkingTime; after: WorkingTime },
  at: Date,
): void => {
  row.target_minutes = target;
  if (row.running_since && before === after) {
    row.due_time = sameOr(row.due_time, dueFrom(row, after, instantOf(row.running_since)));
  } else if (row.running_since) {
    count(row, before, at);
    startClock(row, after, at);
  } else row.remaining_minutes = target === null ? null : target - row.worked_minutes;
  row.late = row.running_since ? isPast(row.due_time, at) : (row.remaining_minutes ?? 0) < 0;
};
