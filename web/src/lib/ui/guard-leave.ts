import { beforeNavigate, goto } from '$app/navigation';
import { m } from '#lib/paraglide/messages.js';
import { ask } from './confirm.svelte.ts';

/** Asks before a page is left whose changes are not saved. Call what it returns when they are, and the way is free. */
export function guardLeave(dirty: () => boolean): () => void {
  let free = false;
  beforeNavigate(({ cancel, to }) => {
    if (free || !to || !dirty()) return;
    cancel();
    void ask({ title: m.discard_title(), body: m.discard_body(), action: m.discard(), danger: true }).then((sure) => {
      free = sure;
      if (sure) void goto(to.url);
    });
  });
  return () => (free = true);
}
