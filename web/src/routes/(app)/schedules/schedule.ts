import CalendarDays from '@lucide/svelte/icons/calendar-days';
import { page } from '$app/state';
import type { Schemas } from '#lib/api/client.ts';
import { resource } from '#lib/api/resource.ts';
import { dateIn } from '#lib/format/date.ts';
import { showLength } from '#lib/format/display.ts';
import type { Field } from '#lib/noun/field.ts';
import type { Noun } from '#lib/noun/noun.ts';
import { m } from '#lib/paraglide/messages.js';
import { aboutFromUrl } from '#lib/record/linked.ts';
import { session } from '#lib/session.svelte.ts';
import { scheduleActions } from './actions.ts';

export type Schedule = Schemas['Schedule'];

export const schedules = resource<Schedule>('office', 'schedule', '/v1/schedules', 'schedules');

const HOUR_MS = 3_600_000;

/** Business dates of the enterprise, of what lasts whole days. */
export function daysOf({ startTime = '', endTime = '' }: Pick<Schedule, 'startTime' | 'endTime'>) {
  const zone = session.view.enterprise?.timeZone || 'UTC';
  const [start, end] = [new Date(startTime), new Date(endTime)];
  return { first: dateIn(zone, start), last: dateIn(zone, new Date(Math.max(end.getTime() - 1, start.getTime()))) };
}

/** The next full hour, for an hour. */
export function nextHour(from = new Date()): { startTime: string; endTime: string } {
  const start = Math.ceil(from.getTime() / HOUR_MS) * HOUR_MS;
  return { startTime: new Date(start).toISOString(), endTime: new Date(start + HOUR_MS).toISOString() };
}

/** Minutes before the start. */
const REMINDERS = [0, 5, 15, 30, 60, 120, 1_440];

function before(minutes: number): string {
  if (minutes === 0) return m.schedule_reminder_start();
  const [count, unit] =
    minutes % 1_440 === 0
      ? ([minutes / 1_440, 'day'] as const)
      : minutes % 60 === 0
        ? ([minutes / 60, 'hour'] as const)
        : ([minutes, 'minute'] as const);
  return m.schedule_reminder_before({ length: showLength(count, unit) });
}

const FIELDS: Field[] = [
  { key: 'name', kind: 'text', label: m.schedule_name, required: true, maxLength: 200, sortable: true, width: 280 },
  {
    key: 'startTime',
    kind: 'time',
    planned: true,
    label: m.schedule_start,
    required: true,
    sortable: true,
    width: 150,
  },
  { key: 'endTime', kind: 'time', planned: true, label: m.schedule_end, required: true, sortable: true, width: 150 },
  { key: 'allDay', kind: 'boolean', label: m.schedule_all_day, width: 80 },
  { key: 'place', kind: 'text', label: m.schedule_place, maxLength: 200, sortable: true, width: 180 },
  { key: 'ownerId', kind: 'record', noun: 'employee', label: m.owner, readOnly: true, width: 140 },
  {
    key: 'reminderMinutes',
    kind: 'choice',
    counts: true,
    label: m.schedule_reminder,
    sortable: true,
    filterable: false,
    width: 120,
    options: () => REMINDERS.map((minutes) => ({ value: String(minutes), label: before(minutes) })),
  },
  { key: 'departmentId', kind: 'record', noun: 'department', label: m.department, readOnly: true },
  { key: 'creatorId', kind: 'record', noun: 'employee', label: m.creator, readOnly: true, width: 140 },
  { key: 'createTime', kind: 'time', label: m.create_time, readOnly: true, sortable: true, width: 130 },
  { key: 'updateTime', kind: 'time', label: m.update_time, readOnly: true, sortable: true, width: 130 },
  { key: 'note', kind: 'textarea', label: m.note, maxLength: 4000, width: 260 },
];

export const schedule: Noun<Schedule> = {
  resource: schedules,
  path: '/schedules',
  icon: CalendarDays,
  plural: m.schedules,
  createLabel: m.schedule_create,
  purpose: m.schedule_purpose,
  title: ({ name }) => name,
  fields: FIELDS,
  columns: ['startTime', 'endTime', 'place', 'ownerId', 'creatorId'],
  form: ['name', 'startTime', 'endTime', 'allDay', 'place', 'reminderMinutes', 'ownerId', 'note'],
  defaults: () => ({
    ...nextHour(),
    reminderMinutes: 15,
    ownerId: session.view.employeeId,
    ...aboutFromUrl(page.url.searchParams),
  }),
  groups: [
    {
      label: m.group_schedule,
      keys: ['name', 'startTime', 'endTime', 'allDay', 'place', 'reminderMinutes', 'note'],
    },
    { label: m.group_record, keys: ['ownerId', 'departmentId', 'creatorId', 'createTime', 'updateTime'] },
  ],
  actions: scheduleActions,
};
