import { addDays, addMonths, isDate, weekday } from '#lib/format/date.ts';

/** Which days a calendar shows. */

export type View = 'month' | 'week' | 'day';
export const VIEWS: View[] = ['month', 'week', 'day'];

export const viewOf = (text: string | null): View | undefined => VIEWS.find((view) => view === text);

/** The day of a URL, as far as a calendar reaches; `today` where it names none. */
export const dayOf = (text: string | null, today: string): string =>
  text && isDate(text) && text >= '1970-02-01' && text < '2199-11-01' ? text : today;

const monday = (date: string): string => addDays(date, 1 - weekday(date));

const run = (first: string, count: number): string[] => Array.from({ length: count }, (_, day) => addDays(first, day));

/** Whole weeks from Monday on: of a month, those that it has a day in. */
export function daysIn(view: View, date: string): string[] {
  if (view === 'day') return [date];
  if (view === 'week') return run(monday(date), 7);
  const first = `${date.slice(0, 7)}-01`;
  const from = monday(first);
  const after = addMonths(first, 1);
  const weeks = run(from, 42);
  return weeks.slice(0, Math.ceil(weeks.filter((day) => day < after).length / 7) * 7);
}

/** As far before or after as the view is long. */
export function turn(view: View, date: string, by: 1 | -1): string {
  if (view === 'month') return addMonths(date, by);
  return addDays(date, view === 'week' ? 7 * by : by);
}
