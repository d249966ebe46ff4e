import { lookup, type LookupAddress, type LookupOptions } from 'node:dns';
import * as http from 'node:http';
import * as https from 'node:https';
import type { LookupFunction } from 'node:net';
import { faultOfUrl, isReachable, type Allowed } from '@pelagic/capabilities/disclosure/receiver';
import { beginningOf } from '@pelagic/chassis/text';

/** What came of a post: an answer, or why there was none. */
export type Answer = { status: number; durationMs: number; answer: string; problem: string; retryAfter: number };
export type Post = (
  url: string,
  headers: Record<string, string>,
  body: string,
  stopped: AbortSignal,
) => Promise<Answer>;

type Resolve = (
  name: string,
  options: { all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

type Options = {
  allowed: Allowed;
  /** Tests lead names elsewhere. */
  resolve?: Resolve;
  /** An answer takes no longer, from the name to the last byte that is read. */
  timeoutMs?: number;
};

export const TIMEOUT_MS = 15_000;
const READ_MAX = 4_096;
const SHOWN_MAX = 500;
const PROBLEM_MAX = 100;
const CONNECTIONS_MAX = 8;

const refusal = (name: string): NodeJS.ErrnoException =>
  Object.assign(new Error(`${name} leads to an address that is not posted to.`), { code: 'ADDRESS_REFUSED' });

/** Resolves a name to what may be connected to. What is answered here is what the socket takes, so a name that says another thing next time gains nothing. */
const guarded =
  (allowed: Allowed, resolve: Resolve): LookupFunction =>
  (name, { all }: LookupOptions, callback) => {
    resolve(name, { all: true }, (error, addresses) => {
      const fine = (addresses ?? []).filter(({ address }) => isReachable(address, name.toLowerCase(), allowed));
      const [first] = fine;
      if (error) return callback(error, '', 4);
      if (!first) return callback(refusal(name), '', 4);
      return all ? callback(null, fine) : callback(null, first.address, first.family);
    });
  };

/** Seconds of Retry-After, which says so many or a date. */
const secondsOf = (value: string | undefined): number => {
  if (!value) return 0;
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1_000;
  return Number.isFinite(seconds) ? Math.min(Math.max(0, Math.ceil(seconds)), 31_536_000) : 0;
};

/** The beginning of a body; what comes behind is not read. */
const beginningOfBody = async (response: http.IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    if ((size += chunk.length) >= READ_MAX) break;
  }
  // A character that was cut through, and what a database would not take.
  const text = Buffer.concat(chunks).subarray(0, READ_MAX).toString('utf8').replaceAll('\u0000', '');
  return beginningOf(text, SHOWN_MAX);
};

const problemOf = (error: NodeJS.ErrnoException): string => beginningOf(error.code ?? error.message, PROBLEM_MAX);

/** Closed by the other side while it lay idle: nobody has read what was written to it. */
const wasIdle = (request: http.ClientRequest, error: NodeJS.ErrnoException): boolean =>
  request.reusedSocket && error.code === 'ECONNRESET';

/** Posts to receivers outside: no redirects, no cookies, no proxies, no waiting, and not into the own network. */
export const openPost = ({ allowed, resolve = lookup as Resolve, timeoutMs = TIMEOUT_MS }: Options) => {
  const shared = { keepAlive: true, maxSockets: CONNECTIONS_MAX, lookup: guarded(allowed, resolve) };
  const agents = { 'https:': new https.Agent(shared), 'http:': new http.Agent(shared) };
  const ask = (
    url: URL,
    headers: Record<string, string>,
    body: string,
    signal: AbortSignal,
  ): Promise<http.IncomingMessage> =>
    new Promise((done, fail) => {
      const isSecure = url.protocol === 'https:';
      const request = (isSecure ? https : http).request(url, {
        method: 'POST',
        agent: agents[isSecure ? 'https:' : 'http:'],
        headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
        signal,
      });
      request.on('response', done).on('error', (error) => {
        if (wasIdle(request, error)) done(ask(url, headers, body, signal));
        else fail(error);
      });
      request.end(body);
    });
  const post: Post = async (text, headers, body, stopped) => {
    const began = performance.now();
    const took = () => Math.round(performance.now() - began);
    const none = { status: 0, answer: '', retryAfter: 0 };
    const url = new URL(text);
    // Saved under another list of who is allowed, perhaps; and an address in the URL is not looked up.
    if (faultOfUrl(text, allowed)) return { ...none, durationMs: 0, problem: 'ADDRESS_REFUSED' };
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      const signal = AbortSignal.any([stopped, timeout]);
      const response = await ask(url, headers, body, signal);
      const retryAfter = secondsOf(response.headers['retry-after']);
      const status = response.statusCode ?? 0;
      // It was taken or not by what the status says, even if the rest of the answer never comes.
      const answer = await beginningOfBody(response).catch(() => '');
      response.destroy();
      return { status, durationMs: took(), answer, problem: '', retryAfter };
    } catch (error) {
      const problem = timeout.aborted ? 'TIMEOUT' : problemOf(error as NodeJS.ErrnoException);
      return { ...none, durationMs: took(), problem };
    }
  };
  return { post, close: () => Object.values(agents).forEach((agent) => agent.destroy()) };
};
