import { api, body } from '#lib/api/client.ts';
import type { Resource } from '#lib/api/resource.ts';
import { daysBetween, instantIn } from '#lib/format/date.ts';
import { session } from '#lib/session.svelte.ts';
import { schedules } from '../schedules/schedule.ts';
import { tasks } from '../tasks/task.ts';
import { around, entryOfContact, entryOfSchedule, entryOfTask, type Entry, type Zones } from './entry.ts';

export interface Plan {
  entries: Entry[];
  /** More than could be shown. */
  cut: boolean;
}

const PAGES_MAX = 4;
const PAGE = 200;

export const zones = (): Zones => ({
  reader: session.timeZone,
  enterprise: session.view.enterprise?.timeZone || 'UTC',
});

async function all<T>(records: Resource<T>, filter: string, sort: string): Promise<{ rows: T[]; cut: boolean }> {
  const rows: T[] = [];
  let token = '';
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const answer = await records.list({ filter, sort, size: PAGE, ...(token ? { token } : {}) });
    rows.push(...answer.rows);
    token = answer.next;
    if (!token) break;
  }
  return { rows, cut: token !== '' };
}

const NOTHING = { rows: [] as never[], cut: false };

/** By fields that are closed to the reader nothing can be asked. */
const askable = (noun: string, fields: string[]): boolean =>
  session.can(`${noun}.read`) && fields.every((field) => ['open', 'readOnly'].includes(session.access(noun, field)));

async function contacts(employeeId: string, fromDate: string, untilDate: string) {
  if (!session.can('activity.read')) return NOTHING;
  const query = { employeeId, fromDate, untilDate };
  const { promisedContacts, more } = await body(api.GET('/v1/promised-contacts', { params: { query } }));
  return { rows: promisedContacts, cut: more };
}

/** What a person has planned, is to do and has promised on these days. */
export async function planOf(employeeId: string, days: string[]): Promise<Plan> {
  const { from, until } = around(days);
  const zone = session.timeZone;
  const within = `start_time < "${instantIn(zone, `${until}T00:00`)}" AND end_time > "${instantIn(zone, `${from}T00:00`)}"`;
  const timed = ['ownerId', 'participantIds', 'startTime', 'endTime'];
  const [planned, due, promised] = await Promise.all([
    askable('schedule', timed)
      ? all(schedules, `(owner_id = "${employeeId}" OR participant_ids:"${employeeId}") AND ${within}`, 'startTime')
      : NOTHING,
    askable('task', ['ownerId', 'dueDate'])
      ? all(tasks, `owner_id = "${employeeId}" AND due_date >= "${from}" AND due_date <= "${until}"`, 'dueDate')
      : NOTHING,
    daysBetween(from, until) <= 62 ? contacts(employeeId, from, until) : NOTHING,
  ]);
  const entries = [
    ...planned.rows.map((row) => entryOfSchedule(row, zones())),
    ...due.rows.map((row) => entryOfTask(row, zones())),
    ...promised.rows.map(entryOfContact),
  ];
  return { entries, cut: planned.cut || due.cut || promised.cut };
}
