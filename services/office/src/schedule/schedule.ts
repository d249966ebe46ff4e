import type { Schedule } from '@pelagic/proto/crm/office/v1/schedule';
import { visible } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import { dateIn, startOfDate } from '@pelagic/chassis/clock';
import { enterpriseTimeZone } from '@pelagic/chassis/enterprise';
import { invalidField } from '@pelagic/chassis/problem';
import { defineNoun } from '@pelagic/capabilities/record/noun';
import type { Row } from '@pelagic/capabilities/record/mapping';
import type { RecordRow } from '@pelagic/capabilities/record/records';
import { tidyName } from '@pelagic/capabilities/record/tidy';
import { sql, type RawBuilder } from 'kysely';
import type { Reminder } from '../reminder/reminder.ts';

export type ScheduleRow = RecordRow & {
  name: string;
  place: string;
  note: string;
  start_time: string;
  end_time: string;
  all_day: boolean;
  reminder_minutes: number | null;
  record_noun: string;
  record_id: string | null;
  owner_id: string;
  department_id: string;
  participant_ids: string[];
  external_id: string;
  custom: Record<string, unknown>;
};

/** What somebody may do with a schedule that they only take part in. */
const READING = new Set(['read', 'export']);

/** Seen by scope, by who made it and by who takes part; who made it for somebody else may change it. */
const reach = (caller: Caller, action: string, table: string): RawBuilder<boolean> => {
  const scoped = visible(caller, `schedule.${action}`, { noun: 'schedule', table });
  const mine = caller.grants?.permissions.has(`schedule.${action}`) ?? false;
  if (!mine || (!READING.has(action) && action !== 'update')) return scoped;
  const creator = sql`${sql.ref(`${table}.creator_id`)} = ${caller.id}::uuid`;
  return READING.has(action)
    ? sql`(${scoped} or ${creator} or ${sql.ref(`${table}.participant_ids`)} @> array[${caller.id}::text])`
    : sql`(${scoped} or ${creator})`;
};

export const schedule = defineNoun({
  noun: 'schedule',
  search: { open: ['name', 'place'], guarded: [] },
  order: 'start_time desc',
  reach,
});

export const scheduleMessage = (row: ScheduleRow): Schedule =>
  schedule.mapping.toMessage(row as unknown as Row) as unknown as Schedule;

const DAY_MS = 86_400_000;
const LONGEST_MS = 31 * DAY_MS;
/** No calendar reaches beyond. */
const [FIRST_MS, LAST_MS] = [Date.parse('1970-01-01T00:00:00Z'), Date.parse('2200-01-01T00:00:00Z')];

const dayAfter = (date: string): string => Temporal.PlainDate.from(date).add({ days: 1 }).toString();

/** From the beginning of the first day until the end of the last, in the enterprise's zone. */
const wholeDays = (start: Date, end: Date): [Date, Date] => {
  const zone = enterpriseTimeZone();
  const from = startOfDate(zone, dateIn(zone, start));
  // What ends as a day begins does not last into it.
  const last = dateIn(zone, new Date(Math.max(end.getTime() - 1, from.getTime())));
  return [from, startOfDate(zone, dayAfter(last))];
};

const settleTimes = (row: ScheduleRow): void => {
  for (const [field, value] of [
    ['startTime', row.start_time],
    ['endTime', row.end_time],
  ] as const) {
    if (!value) throw invalidField(`schedule.${field}`, 'REQUIRED', 'Say from when until when.');
    const ms = new Date(value).getTime();
    if (ms < FIRST_MS || ms > LAST_MS)
      throw invalidField(`schedule.${field}`, 'BEYOND_CALENDARS', 'No calendar reaches that far.');
  }
  let [start, end] = [new Date(row.start_time), new Date(row.end_time)];
  if (row.all_day && end >= start) [start, end] = wholeDays(start, end);
  if (end <= start) throw invalidField('schedule.endTime', 'ENDS_BEFORE_IT_STARTS', 'It has to end after it starts.');
  // A day in which clocks are put back has an hour more.
  if (end.getTime() - start.getTime() > LONGEST_MS + DAY_MS / 12)
    throw invalidField('schedule.endTime', 'LASTS_TOO_LONG', 'A schedule lasts 31 days at most.');
  row.start_time = start.toISOString();
  row.end_time = end.toISOString();
};

/** Times that were written again as they were stay in the words that they are kept in, so that nothing is told. */
export const keepTimes = (row: ScheduleRow, before: Pick<ScheduleRow, 'start_time' | 'end_time'>): void => {
  for (const column of ['start_time', 'end_time'] as const)
    if (new Date(row[column]).getTime() === new Date(before[column]).getTime()) row[column] = before[column];
};

/** The name without blanks around it; an end after the start; a record only with its noun. */
export const tidySchedule = (row: ScheduleRow): void => {
  row.name = tidyName(row.name, 'schedule.name');
  settleTimes(row);
  row.participant_ids = [...new Set(row.participant_ids)];
  if (Boolean(row.record_noun) !== Boolean(row.record_id))
    throw invalidField('schedule.recordId', 'REQUIRED', 'A record is named by its noun and its id.');
};

/** Whoever it stands in the calendar of, so many minutes before it starts. */
export const remindersOf = (row: ScheduleRow): Reminder[] => {
  if (row.delete_time || row.reminder_minutes === null) return [];
  const fireTime = new Date(new Date(row.start_time).getTime() - row.reminder_minutes * 60_000);
  return [...new Set([row.owner_id, ...row.participant_ids])].map((employeeId) => ({
    sourceId: row.id,
    employeeId,
    kind: 'NOTIFICATION_KIND_SCHEDULE_SOON',
    recordNoun: 'schedule',
    recordId: row.id,
    fireTime,
  }));
};

/** What goes along when its owner moves; what is over stays where it was. */
export const isAhead = sql<boolean>`end_time > now()`;
