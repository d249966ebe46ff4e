import { goto, invalidate } from '$app/navigation';
import { page } from '$app/state';
import type { Stored } from '#lib/api/resource.ts';
import { rowsOf } from '#lib/list/kept.ts';
import type { Noun } from '#lib/noun/noun.ts';
import { say } from '#lib/ui/toast.svelte.ts';

/** A record was changed by an action: what shows it shows it as it is now. */
export async function saved<T extends Stored>(noun: Noun<T>, record: T, text: string): Promise<void> {
  rowsOf(noun).patch(record);
  await invalidate(`record:${record.id}`);
  say(text);
}

/** A record left the list it stands in, for the recycle bin or out of it; its page gives way to the list. */
export async function removed<T extends Stored>(
  noun: Noun<T>,
  id: string,
  text: string,
  undo?: () => unknown,
): Promise<void> {
  rowsOf(noun).drop(id);
  if (page.url.pathname.startsWith(`${noun.path}/${id}`)) await goto(noun.path);
  say(text, undo);
}
