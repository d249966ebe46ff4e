import type { Handle } from '@sveltejs/kit/hooks';
import { paraglideMiddleware } from '#lib/paraglide/server.js';

const THEMES = new Set(['light', 'dark', 'system']);

/** The first answer has the person's language and colours already. */
export const handle: Handle = ({ event, resolve }) =>
  paraglideMiddleware(event.request, ({ locale }) => {
    const theme = event.cookies.get('theme') ?? '';
    return resolve(event, {
      transformPageChunk: ({ html }) =>
        html.replace('%lang%', locale).replace('%theme%', THEMES.has(theme) ? theme : 'system'),
    });
  });
