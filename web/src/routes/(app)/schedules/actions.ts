import Link from '@lucide/svelte/icons/link';
import { api, body } from '#lib/api/client.ts';
import type { Action } from '#lib/noun/noun.ts';
import { m } from '#lib/paraglide/messages.js';
import { changeInTurn } from '#lib/record/change-in-turn.ts';
import LinkDialog from '#lib/record/LinkDialog.svelte';
import { assignAction, deleteAction, editAction, undeleteAction } from '#lib/record/usual-actions.ts';
import { session } from '#lib/session.svelte.ts';
import { openModal } from '#lib/ui/modal.svelte.ts';
import { schedule as noun, type Schedule } from './schedule.ts';

export const mayChange = ({ deleteTime }: Schedule): boolean => session.can('schedule.update') && !deleteTime;

/** What may be done with a schedule, by this person; the service has the last word. */
export function scheduleActions(schedule: Schedule): Action[] {
  if (schedule.deleteTime) return undeleteAction(noun, schedule);
  const { version } = schedule;
  const assign = (ownerId: string, reason: string) =>
    body(
      api.POST('/v1/schedules/{id}:assign', {
        params: { path: { id: schedule.id } },
        body: { ownerId, reason, version },
      }),
    );
  return [
    ...editAction(noun, schedule),
    ...link(schedule),
    ...assignAction(noun, schedule, assign),
    ...deleteAction(noun, schedule),
  ];
}

function link(schedule: Schedule): Action[] {
  if (!mayChange(schedule)) return [];
  const run = () => openModal(LinkDialog<Schedule>, { noun, record: schedule });
  return [{ id: 'schedule.link', label: m.task_link(), icon: Link, run }];
}

export const changeParticipants = (schedule: Schedule, edit: (now: string[]) => string[]): Promise<void> =>
  changeInTurn(noun, schedule, ({ participantIds }) => ({ participantIds: edit(participantIds) }), m.schedule_saved());
