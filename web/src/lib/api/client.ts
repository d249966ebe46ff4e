import createClient from 'openapi-fetch';
import { getLocale } from '#lib/paraglide/runtime.js';
import { asProblem, problemOf } from './problem.ts';
import type { components, paths } from './schema.d.ts';
import { traceparent } from './traceparent.ts';

export type Schemas = components['schemas'];

/** The services that capabilities (views, custom fields, jobs …) are mounted on. */
export type Service = paths['/v1/{service}/jobs']['get']['parameters']['path']['service'];

/** The body that a POST takes, by its path. */
export type PostBody<P extends keyof paths> = paths[P] extends {
  post: { requestBody?: { content: { 'application/json': infer B } } };
}
  ? B
  : never;

/** Requests go to the origin that served the page: the gateway. Every answer that is not 2xx is thrown as a Problem. */
export const api = createClient<paths>({ querySerializer: { array: { style: 'form', explode: true } } });

api.use({
  onRequest({ request }) {
    // Sentences of a Problem come in the language of the pages, whatever the browser prefers.
    request.headers.set('accept-language', getLocale());
    request.headers.set('traceparent', traceparent());
    return request;
  },
  async onResponse({ request, response }) {
    if (response.ok) return;
    const problem = await problemOf(response);
    if (response.status === 401 && !new URL(request.url).pathname.endsWith('/v1/session')) signInAgain();
    throw problem;
  },
  onError({ error }) {
    return asProblem(error);
  },
});

/** The session is over: sign in and come back to the same page. */
function signInAgain(): void {
  const here = location.pathname + location.search;
  location.assign(`/login?next=${encodeURIComponent(here)}`);
}

/** The body of an answer; what is not 2xx was thrown already. */
export async function body<T>(answer: Promise<{ data?: T }>): Promise<NonNullable<T>> {
  const { data } = await answer;
  return data as NonNullable<T>;
}
