import { beforeNavigate, goto } from '$app/navigation';
import { m } from '#lib/paraglide/messages.js';
import { ask } from './confirm.svelte.ts';

/**
 * Asks before a page is left whose changes are not saved: by a link, by the browser's way back, by closing the tab.
 * Call what it returns when they are, and the way is free.
 */
export function guardLeave(dirty: () => boolean): () => void {
  let free = false;
  beforeNavigate((navigation) => {
    if (free || !dirty()) return;
    const { cancel, to, type } = navigation;
    cancel();
    // The tab is closed or loaded anew: there the browser asks.
    if (type === 'leave' || !to) return;
    void ask({ title: m.discard_title(), body: m.discard_body(), action: m.discard(), danger: true }).then((sure) => {
      free = sure;
      if (!sure) return;
      if (type === 'popstate') history.go(navigation.delta);
      else void goto(to.url);
    });
  });
  return () => (free = true);
}
