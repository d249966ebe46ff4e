import { invalidate } from '$app/navigation';
import type { Rows } from '#lib/list/rows.svelte.ts';
import { say } from '#lib/ui/toast.svelte.ts';
import type { Person } from './person.ts';

/** The list of people that is on the screen, if one is. */
let shown: Rows<Person> | null = null;

/** Names the list; returns how to take it back. */
export function showPeople(rows: Rows<Person>): () => void {
  shown = rows;
  return () => {
    if (shown === rows) shown = null;
  };
}

/** A person was changed by an action: what shows them shows them as they are now. */
export async function personChanged(person: Person, text: string): Promise<void> {
  shown?.patch(person);
  await invalidate(`record:${person.id}`);
  say(text);
}
