import { redirect } from '@sveltejs/kit';
import { asProblem } from '#lib/api/problem.ts';
import { session } from '#lib/session.svelte.ts';
import { followLanguage } from '#lib/shell/language.ts';
import type { LayoutLoad } from './$types';

/** Behind the sign-in everything runs in the browser, which asks the gateway itself: no second hop, no shared state on the server. */
export const ssr = false;

export const load: LayoutLoad = async ({ url, untrack }) => {
  if (session.signedIn) return;
  try {
    const { locale } = await session.load();
    await followLanguage(locale);
  } catch (error) {
    if (asProblem(error).status !== 401) throw error;
    const here = untrack(() => url.pathname + url.search);
    redirect(307, `/login?next=${encodeURIComponent(here)}`);
  }
};
