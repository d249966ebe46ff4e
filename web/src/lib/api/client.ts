import createClient from 'openapi-fetch';
import { asProblem, problemOf } from './problem.ts';
import type { components, paths } from './schema.d.ts';

export type Schemas = components['schemas'];

/** Requests go to the origin that served the page: the gateway. Every answer that is not 2xx is thrown as a Problem. */
export const api = createClient<paths>({ querySerializer: { array: { style: 'form', explode: true } } });

api.use({
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
