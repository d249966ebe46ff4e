import ListTodo from '@lucide/svelte/icons/list-todo';
import { page } from '$app/state';
import type { Schemas } from '#lib/api/client.ts';
import { resource } from '#lib/api/resource.ts';
import { localIn } from '#lib/format/date.ts';
import type { Choice, Field } from '#lib/noun/field.ts';
import type { Noun } from '#lib/noun/noun.ts';
import { m } from '#lib/paraglide/messages.js';
import { aboutFromUrl } from '#lib/record/linked.ts';
import { session } from '#lib/session.svelte.ts';
import { taskActions } from './actions.ts';

export type Task = Schemas['Task'];
export type TaskState = Exclude<Task['state'], 'TASK_STATE_UNSPECIFIED'>;

export const tasks = resource<Task>('office', 'task', '/v1/tasks', 'tasks');

const STATES: Record<TaskState, () => Choice> = {
  TASK_STATE_OPEN: () => ({ value: 'TASK_STATE_OPEN', label: m.task_open(), tone: 'wait' }),
  TASK_STATE_DOING: () => ({ value: 'TASK_STATE_DOING', label: m.task_doing(), tone: 'accent' }),
  TASK_STATE_DONE: () => ({ value: 'TASK_STATE_DONE', label: m.task_done(), tone: 'ok' }),
  TASK_STATE_CLOSED: () => ({ value: 'TASK_STATE_CLOSED', label: m.task_closed(), tone: 'neutral' }),
};

export const taskState = (state: Task['state']): Choice => STATES[state as TaskState]();

const PRIORITIES = (): Choice[] => [
  { value: 'TASK_PRIORITY_URGENT', label: m.task_priority_urgent(), tone: 'bad' },
  { value: 'TASK_PRIORITY_HIGH', label: m.task_priority_high(), tone: 'risk' },
  { value: 'TASK_PRIORITY_NORMAL', label: m.task_priority_normal() },
  { value: 'TASK_PRIORITY_LOW', label: m.task_priority_low() },
];

export const taskPriority = (priority: Task['priority']): Choice | undefined =>
  PRIORITIES().find(({ value }) => value === priority);

export const isFinished = ({ state }: Pick<Task, 'state'>): boolean =>
  state === 'TASK_STATE_DONE' || state === 'TASK_STATE_CLOSED';

/** The due moment has passed by the enterprise's clock; a task without a time has its whole day. */
export function isOverdue(task: Pick<Task, 'state' | 'dueDate' | 'dueClock'>, now: Date): boolean {
  const { dueDate, dueClock } = task;
  if (!dueDate || isFinished(task)) return false;
  if (dueDate !== session.today || !dueClock) return dueDate < session.today;
  return `${dueDate}T${dueClock}` < localIn(session.view.enterprise?.timeZone || 'UTC', now).slice(0, 16);
}

const FIELDS: Field[] = [
  { key: 'name', kind: 'text', label: m.task_name, required: true, maxLength: 200, sortable: true, width: 280 },
  {
    key: 'state',
    kind: 'choice',
    label: m.state,
    prefix: 'TASK_STATE_',
    readOnly: true,
    sortable: true,
    width: 100,
    options: () => Object.values(STATES).map((choice) => choice()),
  },
  {
    key: 'priority',
    kind: 'choice',
    label: m.task_priority,
    prefix: 'TASK_PRIORITY_',
    sortable: true,
    width: 100,
    options: PRIORITIES,
  },
  { key: 'dueDate', kind: 'date', due: true, label: m.due_date, sortable: true, width: 120 },
  {
    key: 'dueClock',
    kind: 'text',
    label: m.task_due_clock,
    help: m.task_due_clock_help,
    maxLength: 5,
    sortable: true,
    width: 100,
  },
  { key: 'ownerId', kind: 'record', noun: 'employee', label: m.owner, readOnly: true, width: 140 },
  { key: 'departmentId', kind: 'record', noun: 'department', label: m.department, readOnly: true },
  { key: 'number', kind: 'text', label: m.record_number, readOnly: true, sortable: true, width: 150 },
  { key: 'finishTime', kind: 'time', label: m.task_finish_time, readOnly: true, sortable: true, width: 130 },
  { key: 'finisherId', kind: 'record', noun: 'employee', label: m.task_finisher, readOnly: true, width: 140 },
  { key: 'creatorId', kind: 'record', noun: 'employee', label: m.creator, readOnly: true, width: 140 },
  { key: 'createTime', kind: 'time', label: m.create_time, readOnly: true, sortable: true, width: 130 },
  { key: 'updateTime', kind: 'time', label: m.update_time, readOnly: true, sortable: true, width: 130 },
  { key: 'note', kind: 'textarea', label: m.note, maxLength: 4000, width: 260 },
];

export const task: Noun<Task> = {
  resource: tasks,
  path: '/tasks',
  icon: ListTodo,
  plural: m.tasks,
  createLabel: m.task_create,
  purpose: m.task_purpose,
  title: ({ name }) => name,
  fields: FIELDS,
  columns: ['state', 'priority', 'dueDate', 'dueClock', 'ownerId', 'creatorId'],
  form: ['name', 'priority', 'dueDate', 'dueClock', 'ownerId', 'note'],
  defaults: () => ({
    priority: 'TASK_PRIORITY_NORMAL',
    ownerId: session.view.employeeId,
    ...aboutFromUrl(page.url.searchParams),
  }),
  groups: [
    { label: m.group_task, keys: ['name', 'priority', 'dueDate', 'dueClock', 'note'] },
    { label: m.group_finish, keys: ['finishTime', 'finisherId'] },
    { label: m.group_record, keys: ['number', 'ownerId', 'departmentId', 'creatorId', 'createTime', 'updateTime'] },
  ],
  actions: taskActions,
};
