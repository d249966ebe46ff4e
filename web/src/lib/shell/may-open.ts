import { NOUNS, pathOf } from '#lib/nouns.ts';
import { session } from '#lib/session.svelte.ts';

/** What a page over a noun does, by the last part of its path: `/leads/new`, `/leads/<id>/edit`. */
const ACTIONS: Record<string, string> = { new: 'create', edit: 'update', import: 'import', convert: 'convert' };

/** Whether a page is for this person, who may have come by a link that somebody sent. What they may see of it is the service's to say. */
export function mayOpen(pathname: string): boolean {
  const noun = NOUNS.find((entry) => pathOf(entry) !== '' && pathname.startsWith(`${pathOf(entry)}/`))?.noun;
  const action = ACTIONS[pathname.split('/').at(-1) ?? ''];
  return !noun || !action || session.can(`${noun}.${action}`) || session.can(`${noun}.manage`);
}
