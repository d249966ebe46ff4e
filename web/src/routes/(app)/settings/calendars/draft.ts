import type { Schemas } from '#lib/api/client.ts';
import { getLocale } from '#lib/paraglide/runtime.js';

export type Calendar = Schemas['WorkingCalendar'];
export type WeekHours = Calendar['week'][number];
export type Exception = Calendar['exceptions'][number];
export type Hours = { from: string; to: string };

export const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7];

const DAY_MS = 86_400_000;
/** 2024-01-01 was a Monday. */
const A_MONDAY = Date.UTC(2024, 0, 1);

const named = (style: 'long' | 'short') => new Intl.DateTimeFormat(getLocale(), { weekday: style, timeZone: 'UTC' });
export const weekdayName = (weekday: number, style: 'long' | 'short' = 'long'): string =>
  named(style).format(A_MONDAY + (weekday - 1) * DAY_MS);

/** 1 Monday … 7 Sunday of a date, YYYY-MM-DD. */
export const weekdayOf = (date: string): number => ((new Date(date).getUTCDay() + 6) % 7) + 1;

export const hoursOn = (week: readonly WeekHours[], weekday: number): Hours[] =>
  week.filter((hours) => hours.weekday === weekday).map(({ from, to }) => ({ from, to }));

/** Hours of the first weekday that has some: those of a make-up workday. */
export const usualHours = (week: readonly WeekHours[]): Hours[] => {
  const first = WEEKDAYS.find((weekday) => hoursOn(week, weekday).length > 0);
  return first ? hoursOn(week, first) : [];
};

export interface Day {
  date: string;
  hours: Hours[];
  exception: Exception | undefined;
  /** Of the month that is shown. */
  within: boolean;
}

/** The weeks of a month, YYYY-MM, from Monday on, with what holds on each day. */
export function monthOf({ week, exceptions }: Pick<Calendar, 'week' | 'exceptions'>, month: string): Day[] {
  const special = new Map(exceptions.map((exception) => [exception.date, exception]));
  const first = Date.parse(`${month}-01`);
  const begin = first - (weekdayOf(`${month}-01`) - 1) * DAY_MS;
  const [year, number] = month.split('-').map(Number);
  const end = Date.UTC(year!, number!, 1);
  const count = Math.ceil((end - begin) / DAY_MS / 7) * 7;
  return Array.from({ length: count }, (_, index) => {
    const date = new Date(begin + index * DAY_MS).toISOString().slice(0, 10);
    const exception = special.get(date);
    return {
      date,
      hours: exception ? exception.hours : hoursOn(week, weekdayOf(date)),
      exception,
      within: date.startsWith(month),
    };
  });
}

export function monthAfter(month: string, by: number): string {
  const [year, number] = month.split('-').map(Number);
  return new Date(Date.UTC(year!, number! - 1 + by, 1)).toISOString().slice(0, 7);
}

/** Work becomes free and free becomes work; what was changed so before goes back to its weekday. */
export function toggled({ week, exceptions }: Pick<Calendar, 'week' | 'exceptions'>, date: string): Exception[] {
  const others = exceptions.filter((exception) => exception.date !== date);
  if (others.length < exceptions.length) return others;
  const works = hoursOn(week, weekdayOf(date)).length > 0;
  return [...others, { date, name: '', hours: works ? [] : usualHours(week) }].toSorted((a, b) =>
    a.date.localeCompare(b.date),
  );
}

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

/** Of a week, in hours. */
export const weekLength = (week: readonly WeekHours[]): number =>
  week.reduce((sum, { from, to }) => sum + Math.max(0, minutesOf(to) - minutesOf(from) || 0), 0) / 60;

export const hoursText = (hours: readonly Hours[]): string => hours.map(({ from, to }) => `${from}–${to}`).join(' ');

/** A new calendar: Monday to Friday, until somebody says otherwise. */
export const blankCalendar = (timeZone: string): Calendar => ({
  id: '',
  version: 0,
  name: '',
  timeZone,
  week: [1, 2, 3, 4, 5].flatMap((weekday) => [
    { weekday, from: '09:00', to: '12:00' },
    { weekday, from: '13:30', to: '18:00' },
  ]),
  exceptions: [],
  active: true,
  default: false,
});
