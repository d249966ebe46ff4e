import { m } from '#lib/paraglide/messages.js';
import { saved } from '#lib/record/done.ts';
import { session } from '#lib/session.svelte.ts';
import { sayProblem } from '#lib/ui/toast.svelte.ts';
import { isFinished, task as noun, tasks, type Task } from './task.ts';

type Lists = Partial<Pick<Task, 'checklist' | 'participantIds'>>;

/** Checklist and participants change with the task that they belong to, of the version that is shown. */
export async function change(task: Task, changes: Lists): Promise<void> {
  try {
    await saved(noun, await tasks.update(task.id, changes, task.version), m.task_saved());
  } catch (error) {
    sayProblem(error);
  }
}

export const mayChange = (task: Task): boolean => session.can('task.update') && !task.deleteTime && !isFinished(task);
