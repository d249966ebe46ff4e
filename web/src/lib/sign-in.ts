import { problemOf } from './api/problem.ts';
import { traceparent } from './api/traceparent.ts';
import { getLocale } from './paraglide/runtime.js';

/** Signs in: the gateway answers with the session's cookie. Throws a Problem. */
export async function signIn(login: string, password: string): Promise<void> {
  const answer = await fetch('/v1/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'accept-language': getLocale(), traceparent: traceparent() },
    body: JSON.stringify({ login, password }),
  });
  if (!answer.ok) throw await problemOf(answer);
}
