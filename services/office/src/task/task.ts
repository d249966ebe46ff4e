import type { TaskItem, Task } from '@pelagic/proto/crm/office/v1/task';
import { visible } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import { invalidField, refused } from '@pelagic/chassis/problem';
import { defineNoun } from '@pelagic/capabilities/record/noun';
import type { Row } from '@pelagic/capabilities/record/mapping';
import type { RecordRow } from '@pelagic/capabilities/record/records';
import { tidyName } from '@pelagic/capabilities/record/tidy';
import { sql, type RawBuilder } from 'kysely';
import { onDate, type Reminder } from '../reminder/reminder.ts';

export type TaskState = `TASK_STATE_${'OPEN' | 'DOING' | 'DONE' | 'CLOSED'}`;

export type TaskRow = RecordRow & {
  number: string;
  name: string;
  note: string;
  state: TaskState;
  priority: string;
  due_date: string | null;
  due_clock: string;
  checklist: TaskItem[];
  record_noun: string;
  record_id: string | null;
  owner_id: string;
  department_id: string;
  participant_ids: string[];
  finish_time: string | null;
  finisher_id: string | null;
  external_id: string;
  custom: Record<string, unknown>;
};

/** What somebody may do with a task that they only take part in, or gave to somebody else. */
const READING = new Set(['read', 'export']);

/** Seen by scope, by who made it and by who takes part; the creator may also change it, but not give it away or throw it out. */
const reach = (caller: Caller, action: string, table: string): RawBuilder<boolean> => {
  const scoped = visible(caller, `task.${action}`, { noun: 'task', table });
  const mine = caller.grants?.permissions.has(`task.${action}`) ?? false;
  if (!mine || (!READING.has(action) && action !== 'update')) return scoped;
  const creator = sql`${sql.ref(`${table}.creator_id`)} = ${caller.id}::uuid`;
  return READING.has(action)
    ? sql`(${scoped} or ${creator} or ${sql.ref(`${table}.participant_ids`)} @> array[${caller.id}::text])`
    : sql`(${scoped} or ${creator})`;
};

export const task = defineNoun({ noun: 'task', search: { open: ['name', 'number'], guarded: [] }, reach });

export const taskMessage = (row: TaskRow): Task => task.mapping.toMessage(row as unknown as Row) as unknown as Task;

const CLOCK = /^([01]\d|2[0-3]):[0-5]\d$/;

/** The name without blanks around it; a time only on a day; a record only with its noun. */
export const tidyTask = (row: TaskRow): void => {
  row.name = tidyName(row.name, 'task.name');
  if (!row.priority || row.priority === 'TASK_PRIORITY_UNSPECIFIED') row.priority = 'TASK_PRIORITY_NORMAL';
  row.participant_ids = [...new Set(row.participant_ids)];
  if (row.due_clock && !CLOCK.test(row.due_clock))
    throw invalidField('task.dueClock', 'NOT_A_CLOCK', 'Write the time as hours and minutes: 14:30.');
  if (row.due_clock && !row.due_date)
    throw invalidField('task.dueDate', 'CLOCK_WITHOUT_DATE', 'A time of day needs its day.');
  if (Boolean(row.record_noun) !== Boolean(row.record_id))
    throw invalidField('task.recordId', 'REQUIRED', 'A record is named by its noun and its id.');
};

/** Who does it, on its day: in the morning, or at its time. */
export const remindersOf = (row: TaskRow): Reminder[] =>
  row.due_date && !row.delete_time && !isFinished(row.state)
    ? [
        {
          sourceId: row.id,
          employeeId: row.owner_id,
          kind: 'NOTIFICATION_KIND_TASK_DUE',
          recordNoun: 'task',
          recordId: row.id,
          localTime: onDate(row.due_date, row.due_clock),
        },
      ]
    : [];

export const isFinished = (state: TaskState): boolean => state === 'TASK_STATE_DONE' || state === 'TASK_STATE_CLOSED';

/** What is finished stands as it was; it is opened again before it is changed. */
export const refuseFinished = ({ state }: TaskRow): void => {
  if (isFinished(state)) throw refused('TASK_FINISHED', 'This task is finished. Open it again first.');
};

/**
 * Begins, finishes or opens a task again, at `time`. Finishing it and taking that back belong to who does it and who
 * asked for it: to anybody else it is their word that counts.
 */
export const moveTask = (row: TaskRow, state: TaskState, by: { id: string; service: boolean }, time: string): void => {
  if (row.state === state) return;
  const settles = isFinished(state) || isFinished(row.state);
  if (settles && !by.service && by.id !== row.owner_id && by.id !== row.creator_id)
    throw refused('NOT_YOUR_TASK', 'Only who does the task or who made it may finish it or open it again.');
  row.state = state;
  row.finish_time = isFinished(state) ? time : null;
  row.finisher_id = isFinished(state) && !by.service ? by.id : null;
};

/** What goes along when its owner moves; what is finished stays where it was done. */
export const isLive = sql<boolean>`finish_time is null`;
