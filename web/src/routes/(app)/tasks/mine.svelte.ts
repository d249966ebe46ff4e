import { Loaded } from '#lib/api/loaded.svelte.ts';
import { addDays } from '#lib/format/date.ts';
import { m } from '#lib/paraglide/messages.js';
import { session } from '#lib/session.svelte.ts';
import { tasks, type Task } from './task.ts';

/** More than anybody does; the list has the rest. */
const SHOWN = 200;
/** Days after today that are soon. */
const SOON = 7;

const MINE = 'owner_id = me() AND (state = TASK_STATE_OPEN OR state = TASK_STATE_DOING)';

/** One's unfinished tasks, what is due first at the top; those without a date last. */
export const myTasks = () =>
  new Loaded(async () => {
    const [dated, undated] = await Promise.all([
      tasks.list({ filter: `${MINE} AND due_date:*`, sort: 'dueDate', size: SHOWN }),
      tasks.list({ filter: `${MINE} AND NOT due_date:*`, size: SHOWN }),
    ]);
    return [...dated.rows, ...undated.rows];
  });

export interface Group {
  key: 'overdue' | 'today' | 'next' | 'later';
  label: string;
  tasks: Task[];
}

/** By when they are due: before today, today, within a week, later or some time. */
export function groupsOf(rows: Task[]): Group[] {
  const { today } = session;
  const soon = addDays(today, SOON);
  const within = (test: (day: string) => boolean) => rows.filter(({ dueDate }) => dueDate && test(dueDate));
  return [
    { key: 'overdue', label: m.due_overdue(), tasks: within((day) => day < today) },
    { key: 'today', label: m.due_today(), tasks: within((day) => day === today) },
    { key: 'next', label: m.due_soon(), tasks: within((day) => day > today && day <= soon) },
    {
      key: 'later',
      label: m.task_later(),
      tasks: [...within((day) => day > soon), ...rows.filter(({ dueDate }) => !dueDate)],
    },
  ];
}
