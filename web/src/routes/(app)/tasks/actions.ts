import Ban from '@lucide/svelte/icons/ban';
import CircleCheck from '@lucide/svelte/icons/circle-check';
import Link from '@lucide/svelte/icons/link';
import Play from '@lucide/svelte/icons/play';
import RotateCcw from '@lucide/svelte/icons/rotate-ccw';
import { invalidate } from '$app/navigation';
import { api, body } from '#lib/api/client.ts';
import { rowsOf } from '#lib/list/kept.ts';
import type { Action } from '#lib/noun/noun.ts';
import { m } from '#lib/paraglide/messages.js';
import { saved } from '#lib/record/done.ts';
import LinkDialog from '#lib/record/LinkDialog.svelte';
import { assignAction, deleteAction, editAction, undeleteAction } from '#lib/record/usual-actions.ts';
import { session } from '#lib/session.svelte.ts';
import { openModal } from '#lib/ui/modal.svelte.ts';
import { say, sayProblem } from '#lib/ui/toast.svelte.ts';
import { isFinished, task as noun, type Task, type TaskState } from './task.ts';

/** What may be done with a task where it stands, by this person; the service has the last word. */
export function taskActions(task: Task): Action[] {
  if (task.deleteTime) return undeleteAction(noun, task);
  const { version } = task;
  const assign = (ownerId: string, reason: string) =>
    body(api.POST('/v1/tasks/{id}:assign', { params: { path: { id: task.id } }, body: { ownerId, reason, version } }));
  return [
    ...moves(task),
    ...(isFinished(task) ? [] : [...editAction(noun, task), ...link(task)]),
    ...assignAction(noun, task, assign),
    ...deleteAction(noun, task),
  ];
}

function link(task: Task): Action[] {
  if (!session.can('task.update')) return [];
  return [
    {
      id: 'task.link',
      label: m.task_link(),
      icon: Link,
      run: () => openModal(LinkDialog<Task>, { noun, record: task }),
    },
  ];
}

/** Finishing belongs to who does it and to who asked for it. */
export const mayFinish = ({ ownerId, creatorId, deleteTime }: Task): boolean =>
  session.can('task.update') && !deleteTime && [ownerId, creatorId].includes(session.view.employeeId);

function moves(task: Task): Action[] {
  if (!session.can('task.update')) return [];
  const move = (to: TaskState, label: string, icon: Action['icon'], primary = false): Action => ({
    id: `task.${to}`,
    label,
    icon,
    primary,
    run: () => setState(task, to),
  });
  if (isFinished(task)) return mayFinish(task) ? [move('TASK_STATE_OPEN', m.task_reopen(), RotateCcw, true)] : [];
  return [
    ...(mayFinish(task) ? [move('TASK_STATE_DONE', m.task_finish(), CircleCheck, true)] : []),
    ...(task.state === 'TASK_STATE_OPEN' ? [move('TASK_STATE_DOING', m.task_begin(), Play)] : []),
    ...(mayFinish(task) ? [move('TASK_STATE_CLOSED', m.task_call_off(), Ban)] : []),
  ];
}

const SAID: Record<TaskState, () => string> = {
  TASK_STATE_OPEN: m.task_said_open,
  TASK_STATE_DOING: m.task_said_doing,
  TASK_STATE_DONE: m.task_said_done,
  TASK_STATE_CLOSED: m.task_said_closed,
};

/** Moves it, and offers the way back. Answers the task as it is then; undefined when it was refused, which is said. */
export async function setState(task: Task, state: TaskState): Promise<Task | undefined> {
  const move = async ({ id, version }: Task, to: TaskState) =>
    body(api.POST('/v1/tasks/{id}:setState', { params: { path: { id } }, body: { state: to, version } }));
  try {
    const changed = await move(task, state);
    const undo = async () => {
      try {
        await saved(noun, await move(changed, task.state as TaskState), SAID[task.state as TaskState]());
      } catch (error) {
        sayProblem(error);
      }
    };
    rowsOf(noun).patch(changed);
    await invalidate(`record:${changed.id}`);
    say(SAID[state](), undo);
    return changed;
  } catch (error) {
    sayProblem(error);
    return undefined;
  }
}
