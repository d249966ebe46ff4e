import PencilLine from '@lucide/svelte/icons/pencil-line';
import Trash from '@lucide/svelte/icons/trash';
import { api, body, type PostBody, type Schemas } from '#lib/api/client.ts';
import { dateIn } from '#lib/format/date.ts';
import type { Action } from '#lib/noun/noun.ts';
import { m } from '#lib/paraglide/messages.js';
import { session } from '#lib/session.svelte.ts';
import { ask } from '#lib/ui/confirm.svelte.ts';
import { openModal } from '#lib/ui/modal.svelte.ts';
import { say, sayProblem, sayRefused } from '#lib/ui/toast.svelte.ts';
import ActivityDialog from './ActivityDialog.svelte';
import type { TimelineEntry } from './timeline.svelte.ts';

export type Activity = Schemas['Activity'];
/** What of it may be corrected. */
export type Edits = Pick<PostBody<'/v1/activities'>, 'kind' | 'content' | 'nextContactDate'>;

/** What the person who logged a follow-up may still do with it, on the enterprise's day on which it was logged. */
export function activityActions(entry: TimelineEntry, ondone: () => unknown): Action[] {
  const logged = entry.noun === 'activity' && entry.event.includes('.created.') && entry.activityKind !== '';
  if (!logged || entry.actorId !== session.view.employeeId || entry.imported) return [];
  const zone = session.view.enterprise?.timeZone || 'UTC';
  if (dateIn(zone, new Date(entry.time ?? 0)) !== session.today) return [];
  return [
    ...(session.can('activity.update')
      ? [{ id: 'activity.edit', label: m.edit(), icon: PencilLine, run: () => edit(entry.recordId, ondone) }]
      : []),
    ...(session.can('activity.delete')
      ? [
          {
            id: 'activity.delete',
            label: m.delete_it(),
            icon: Trash,
            danger: true,
            run: () => remove(entry.recordId, ondone),
          },
        ]
      : []),
  ];
}

async function read(id: string): Promise<Activity | undefined> {
  const query = { filter: `id = "${id}"`, pageSize: 1 };
  const { activities } = await body(api.GET('/v1/activities', { params: { query } }));
  if (!activities[0]) sayRefused(m.activity_gone());
  return activities[0];
}

async function edit(id: string, ondone: () => unknown): Promise<void> {
  try {
    const activity = await read(id);
    if (!activity) return;
    const save = async (edits: Edits) => {
      const query = { updateMask: Object.keys(edits).join(',') };
      const { subjectNoun, subjectId, version } = activity;
      const request = { subjectNoun, subjectId, version, ...edits };
      await api.PATCH('/v1/activities/{id}', { params: { path: { id }, query }, body: request });
      say(m.activity_saved());
      ondone();
    };
    await openModal(ActivityDialog, { activity, save });
  } catch (error) {
    sayProblem(error);
  }
}

async function remove(id: string, ondone: () => unknown): Promise<void> {
  const sure = await ask({
    title: m.activity_delete_title(),
    body: m.activity_delete_body(),
    action: m.delete_it(),
    danger: true,
  });
  if (!sure) return;
  try {
    const activity = await read(id);
    if (!activity) return;
    await api.DELETE('/v1/activities/{id}', { params: { path: { id }, query: { version: activity.version } } });
    say(m.activity_deleted());
    ondone();
  } catch (error) {
    sayProblem(error);
  }
}
