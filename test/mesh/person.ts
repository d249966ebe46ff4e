import { availableParallelism, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FilePurpose } from '@pelagic/proto/crm/capability/v1/file';

/** What the REST interface answers, as a test reads it. */
export type Answer = { status: number; headers: Headers; body: any };

/** Somebody at a browser: keeps the session cookie, sends what a browser sends. */
export type Person = {
  /** What the browser sends to stay signed in. */
  cookie: string;
  ask: (method: string, path: string, body?: unknown, more?: Record<string, string>) => Promise<Answer>;
  /** The answer of a call that must succeed. */
  get: (path: string) => Promise<any>;
  post: (path: string, body?: unknown) => Promise<any>;
  patch: (path: string, body: unknown) => Promise<any>;
  /** Gives a service a file; answers its id. */
  upload: (service: string, name: string, bytes: Buffer, purpose?: FilePurpose) => Promise<string>;
  /** Raw bytes of the event stream, as they come, until stopped. */
  listen: () => Promise<{ text: () => string; ended: () => boolean; stop: () => void }>;
};

const expectSuccess = ({ status, body }: Answer): any => {
  if (status >= 300) throw new Error(`${status}: ${JSON.stringify(body)}`);
  return body;
};

/** Nobody yet: signs in, or redeems a link. */
export const visitor = (base: string, cookie = ''): Person => {
  const headers = { 'sec-fetch-site': 'same-origin', ...(cookie && { cookie }) };
  const ask: Person['ask'] = async (method, path, body, more) => {
    const response = await fetch(`${base}${path}`, {
      method,
      headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }), ...more },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : undefined };
  };
  return {
    cookie,
    ask,
    get: async (path) => expectSuccess(await ask('GET', path)),
    post: async (path, body = {}) => expectSuccess(await ask('POST', path, body)),
    patch: async (path, body) => expectSuccess(await ask('PATCH', path, body)),
    upload: async (service, name, bytes, purpose = 'FILE_PURPOSE_UNSPECIFIED') => {
      const response = await fetch(`${base}/v1/${service}/files?purpose=${purpose}`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'text/csv', 'x-file-name': encodeURIComponent(name) },
        body: new Uint8Array(bytes),
      });
      const body: any = await response.json();
      return expectSuccess({ status: response.status, headers: response.headers, body }).id;
    },
    listen: async () => {
      const stop = new AbortController();
      const response = await fetch(`${base}/v1/live`, { headers: { cookie }, signal: stop.signal });
      let text = '';
      let ended = false;
      const read = async () => {
        const decoder = new TextDecoder();
        for await (const chunk of response.body!) text += decoder.decode(chunk as Uint8Array, { stream: true });
      };
      void read()
        .catch(() => {})
        .finally(() => (ended = true));
      return { text: () => text, ended: () => ended, stop: () => stop.abort() };
    },
  };
};

export const signIn = async (base: string, login: string, password: string): Promise<Person> => {
  const response = await fetch(`${base}/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
    body: JSON.stringify({ login, password }),
  });
  if (!response.ok) throw new Error(`sign-in: ${response.status} ${await response.text()}`);
  return visitor(
    base,
    response.headers
      .getSetCookie()
      .map((cookie) => cookie.split(';')[0])
      .join('; '),
  );
};

/** Milliseconds until it holds, asked every `pauseMs`; fails after the limit. */
export const until = async (
  what: string,
  limitMs: number,
  holds: () => boolean | Promise<boolean>,
  pauseMs = 50,
): Promise<number> => {
  const began = performance.now();
  while (!(await holds())) {
    if (performance.now() - began > limitMs) throw new Error(`${what}: not within ${limitMs} ms`);
    await sleep(pauseMs);
  }
  return performance.now() - began;
};

/** How many times longer than on a machine of one's own: a test shares its machine with all that it tests, and with others. */
export const busyness = (): number => Math.max(1, (loadavg()[0] ?? 0) / availableParallelism());
