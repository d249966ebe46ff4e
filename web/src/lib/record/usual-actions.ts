import PencilLine from '@lucide/svelte/icons/pencil-line';
import Share2 from '@lucide/svelte/icons/share-2';
import Trash from '@lucide/svelte/icons/trash';
import Undo2 from '@lucide/svelte/icons/undo-2';
import UserRoundPlus from '@lucide/svelte/icons/user-round-plus';
import { asProblem } from '#lib/api/problem.ts';
import type { PostBody, Schemas } from '#lib/api/client.ts';
import type { Stored } from '#lib/api/resource.ts';
import type { Action, Noun } from '#lib/noun/noun.ts';
import { m } from '#lib/paraglide/messages.js';
import { session } from '#lib/session.svelte.ts';
import { ask } from '#lib/ui/confirm.svelte.ts';
import { openModal } from '#lib/ui/modal.svelte.ts';
import { sayProblem } from '#lib/ui/toast.svelte.ts';
import AssignDialog from './AssignDialog.svelte';
import { removed, saved } from './done.ts';
import RestoreDialog from './RestoreDialog.svelte';
import ShareDialog from './ShareDialog.svelte';

/** What may be done with a record of nearly every noun; the noun puts its own actions around them. */

type Shares = NonNullable<PostBody<'/v1/leads/{id}:share'>['shares']>;

export function editAction<T extends Stored>({ resource, path }: Noun<T>, record: T): Action[] {
  if (!session.can(`${resource.noun}.update`)) return [];
  return [{ id: `${resource.noun}.edit`, label: m.edit(), icon: PencilLine, href: `${path}/${record.id}/edit` }];
}

/** `assign` calls the noun's own rpc and answers the record as it is then. */
export function assignAction<T extends Stored>(
  noun: Noun<T>,
  record: T,
  assign: (ownerId: string, reason: string) => Promise<T>,
  primary = false,
): Action[] {
  const name = noun.resource.noun;
  if (!session.can(`${name}.assign`)) return [];
  const title = m.assign_title({ name: noun.title(record) });
  const run = () =>
    openModal(AssignDialog, {
      title,
      assign: async (ownerId: string, reason: string) => saved(noun, await assign(ownerId, reason), m.assigned()),
    });
  return [{ id: `${name}.assign`, label: m.assign(), icon: UserRoundPlus, primary, run }];
}

/** `share` calls the noun's own rpc with the whole list and answers the record as it is then. */
export function shareAction<T extends Stored & { shares: Schemas['Share'][] }>(
  noun: Noun<T>,
  record: T,
  share: (shares: Shares) => Promise<T>,
): Action[] {
  const name = noun.resource.noun;
  if (!session.can(`${name}.share`)) return [];
  const title = m.share_title({ name: noun.title(record) });
  const run = () =>
    openModal(ShareDialog, {
      title,
      shares: record.shares,
      save: async (shares: Shares) => saved(noun, await share(shares), m.shared()),
    });
  return [{ id: `${name}.share`, label: m.share(), icon: Share2, run }];
}

export function deleteAction<T extends Stored>(noun: Noun<T>, record: T): Action[] {
  const name = noun.resource.noun;
  if (!session.can(`${name}.delete`)) return [];
  return [{ id: `${name}.delete`, label: m.delete_it(), icon: Trash, danger: true, run: () => remove(noun, record) }];
}

/** All that is left to do with a record in the recycle bin. */
export function undeleteAction<T extends Stored>(noun: Noun<T>, record: T): Action[] {
  const name = noun.resource.noun;
  if (!session.can(`${name}.delete`)) return [];
  return [{ id: `${name}.undelete`, label: m.restore(), icon: Undo2, run: () => undelete(noun, record) }];
}

async function remove<T extends Stored>(noun: Noun<T>, record: T): Promise<void> {
  const name = noun.title(record);
  const sure = await ask({
    title: m.delete_title({ name }),
    body: m.delete_body(),
    action: m.delete_it(),
    danger: true,
  });
  if (!sure) return;
  try {
    await noun.resource.remove(record.id, record.version);
    await removed(noun, record.id, m.deleted({ name }), () => undelete(noun, record));
  } catch (error) {
    sayProblem(error);
  }
}

async function restore<T extends Stored>(noun: Noun<T>, record: T, ownerId?: string): Promise<void> {
  const restored = await noun.resource.undelete(record.id, ownerId);
  await removed(noun, record.id, m.restored({ name: noun.title(restored) }));
}

/** A record whose owner has left comes back to somebody else. */
async function undelete<T extends Stored>(noun: Noun<T>, record: T): Promise<void> {
  try {
    await restore(noun, record);
  } catch (error) {
    if (!asProblem(error).fields.some(({ reason }) => reason === 'OWNER_NOT_ACTIVE')) return sayProblem(error);
    const title = m.restore_title({ name: noun.title(record) });
    await openModal(RestoreDialog, { title, restore: (ownerId: string) => restore(noun, record, ownerId) });
  }
}
