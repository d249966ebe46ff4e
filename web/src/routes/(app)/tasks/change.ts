import { m } from '#lib/paraglide/messages.js';
import { changeInTurn } from '#lib/record/change-in-turn.ts';
import { session } from '#lib/session.svelte.ts';
import { isFinished, task as noun, type Task } from './task.ts';

export const changeChecklist = (task: Task, edit: (now: Task['checklist']) => Task['checklist']): Promise<void> =>
  changeInTurn(noun, task, ({ checklist }) => ({ checklist: edit(checklist) }), m.task_saved());

export const changeParticipants = (task: Task, edit: (now: string[]) => string[]): Promise<void> =>
  changeInTurn(noun, task, ({ participantIds }) => ({ participantIds: edit(participantIds) }), m.task_saved());

export const mayChange = (task: Task): boolean => session.can('task.update') && !task.deleteTime && !isFinished(task);
