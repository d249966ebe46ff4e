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

/** Asks the person to sign in again; false when they would not. */
type SignInAgain = () => Promise<boolean>;

let signInAgain: SignInAgain | undefined;
/** Requests on their way, to be sent once more: a body can be read only once. */
const sent = new Map<string, Request>();

/** Who asks when the session is over in the middle of something; what is typed stays where it is. */
export function whenSignedOut(ask: SignInAgain | undefined): void {
  signInAgain = ask;
}

api.use({
  onRequest({ request, id }) {
    // Sentences of a Problem come in the language of the pages, whatever the browser prefers.
    request.headers.set('accept-language', getLocale());
    request.headers.set('traceparent', traceparent());
    sent.set(id, request.clone());
    return request;
  },
  async onResponse({ request, response, id }) {
    const again = sent.get(id);
    sent.delete(id);
    if (response.ok) return;
    const ended = response.status === 401 && !new URL(request.url).pathname.endsWith('/v1/session');
    // Who is not signed in was refused before anything was done, so that the same may be asked once more.
    if (ended && again && (await signInAgain?.())) {
      const answer = await fetch(again);
      if (answer.ok) return answer;
      throw await problemOf(answer);
    }
    throw await problemOf(response);
  },
  onError({ error, id }) {
    sent.delete(id);
    return asProblem(error);
  },
});

/** The body of an answer; what is not 2xx was thrown already. */
export async function body<T>(answer: Promise<{ data?: T }>): Promise<NonNullable<T>> {
  const { data } = await answer;
  return data as NonNullable<T>;
}
