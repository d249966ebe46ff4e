import { minutesOf, type DayHours } from '@pelagic/capabilities/calendar/working-time';
import { defineNoun } from '@pelagic/capabilities/record/noun';
import type { Row } from '@pelagic/capabilities/record/mapping';
import type { RecordRow } from '@pelagic/capabilities/record/records';
import { tidyName } from '@pelagic/capabilities/record/tidy';
import { invalid, type FieldError } from '@pelagic/chassis/problem';
import type { CalendarException, WeekHours, WorkingCalendar } from '@pelagic/proto/crm/identity/v1/working_calendar';
import { sql } from 'kysely';

export type WorkingCalendarRow = RecordRow & {
  name: string;
  time_zone: string;
  week: WeekHours[];
  exceptions: CalendarException[];
  active: boolean;
  default: boolean;
};

/** Everybody works by a calendar; who may change one is a permission, and not a matter of whose it is. */
export const workingCalendar = defineNoun({
  noun: 'working_calendar',
  search: { open: ['name'], guarded: [] },
  reach: () => sql<boolean>`true`,
  order: 'name',
});

export const workingCalendarMessage = (row: WorkingCalendarRow): WorkingCalendar =>
  workingCalendar.mapping.toMessage(row as unknown as Row) as unknown as WorkingCalendar;

/** Less than this a week, and due times would be years away. */
const WEEK_MINUTES_MIN = 60;
const TIME = /^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/;

const isSpan = ({ from, to }: DayHours): boolean => TIME.test(from) && TIME.test(to) && from < to;

/** Errors of the hours of one day; `path` names the list, `at` the place of each in it. */
const dayErrors = (hours: { span: DayHours; at: string }[]): FieldError[] => {
  const bad = hours.filter(({ span }) => !isSpan(span));
  if (bad.length)
    return bad.map(({ at }) => ({
      field: at,
      reason: 'BAD_HOURS',
      message: 'Hours are HH:MM to HH:MM, the end after the beginning.',
    }));
  const sorted = hours.toSorted((a, b) => a.span.from.localeCompare(b.span.from));
  return sorted.flatMap(({ span, at }, index): FieldError[] =>
    index > 0 && span.from < sorted[index - 1]!.span.to
      ? [{ field: at, reason: 'HOURS_OVERLAP', message: 'These hours overlap others of the same day.' }]
      : [],
  );
};

const weekErrors = (week: WeekHours[]): FieldError[] => {
  const days = Map.groupBy(
    week.map((span, index) => ({ span, at: `workingCalendar.week[${index}]` })),
    ({ span }) => span.weekday,
  );
  const errors = [...days.values()].flatMap(dayErrors);
  const minutes = week.reduce((sum, { from, to }) => sum + minutesOf(to) - minutesOf(from), 0);
  if (errors.length || minutes >= WEEK_MINUTES_MIN) return errors;
  return [
    {
      field: 'workingCalendar.week',
      reason: 'WEEK_TOO_SHORT',
      message: 'A calendar has at least one working hour a week.',
    },
  ];
};

const exceptionErrors = (exceptions: CalendarException[]): FieldError[] => {
  const dates = exceptions.map(({ date }) => date);
  return exceptions.flatMap(({ date, hours }, index): FieldError[] => {
    const at = `workingCalendar.exceptions[${index}]`;
    const errors = dayErrors(hours.map((span, place) => ({ span, at: `${at}.hours[${place}]` })));
    if (dates.indexOf(date) < index)
      errors.push({ field: `${at}.date`, reason: 'DUPLICATE', message: 'This date stands in the list already.' });
    return errors;
  });
};

const zoneErrors = (timeZone: string): FieldError[] => {
  try {
    // Hours are those of a place; what is no place (Etc/GMT+8) keeps no clock changes, and is taken all the same.
    new Intl.DateTimeFormat('en', { timeZone });
    return [];
  } catch {
    return [{ field: 'workingCalendar.timeZone', reason: 'BAD_TIME_ZONE', message: 'There is no such time zone.' }];
  }
};

const wholeErrors = ({ active, default: standard }: WorkingCalendar, wasDefault: boolean): FieldError[] => {
  if (wasDefault && !standard)
    return [
      {
        field: 'workingCalendar.default',
        reason: 'DEFAULT_NEEDED',
        message: 'Make another calendar the default one instead: there is always one.',
      },
    ];
  if (standard && !active)
    return [
      {
        field: 'workingCalendar.active',
        reason: 'DEFAULT_IS_ACTIVE',
        message: 'The default calendar cannot be out of use.',
      },
    ];
  return [];
};

const byTime = (a: DayHours, b: DayHours): number => a.from.localeCompare(b.from);

/** The columns that a message makes of a calendar, in the order of days. Throws all that is wrong with it at once. */
export const writeCalendar = (
  message: WorkingCalendar,
  before: Pick<WorkingCalendarRow, 'default'> | undefined,
): Omit<WorkingCalendarRow, keyof RecordRow> => {
  const errors = [
    ...wholeErrors(message, before?.default ?? false),
    ...zoneErrors(message.timeZone),
    ...weekErrors(message.week),
    ...exceptionErrors(message.exceptions),
  ];
  if (errors.length) throw invalid(...errors);
  return {
    name: tidyName(message.name, 'workingCalendar.name'),
    time_zone: message.timeZone,
    week: message.week
      .map(({ weekday, from, to }) => ({ weekday, from, to }))
      .toSorted((a, b) => a.weekday - b.weekday || byTime(a, b)),
    exceptions: message.exceptions
      .map(({ date, name, hours }) => ({ date, name: name.trim(), hours: hours.toSorted(byTime) }))
      .toSorted((a, b) => a.date.localeCompare(b.date)),
    active: message.active,
    default: message.default,
  };
};
