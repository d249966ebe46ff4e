import type { Sent } from './http.ts';
import { PASSWORD } from '../mesh/enterprise.ts';
import { signIn, type Person } from '../mesh/person.ts';

/** One who sends requests, with the session that they are sent in. */
export type Sender = { role: string; headers: () => Promise<Sent['headers']>; renew: () => void };

/** Signs in when it has to, and again when some request ended its session. */
export const senderOf = (base: string, role: string, login: string): Sender => {
  let cookie: Promise<string> | undefined;
  const fresh = async (): Promise<string> => {
    const person: Person = await signIn(base, login, PASSWORD);
    return person.cookie;
  };
  return {
    role,
    headers: async () => ({ 'sec-fetch-site': 'same-origin', cookie: await (cookie ??= fresh()) }),
    renew: () => (cookie = undefined),
  };
};
