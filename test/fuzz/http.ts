import { Agent, request } from 'node:http';

export type Sent = { method: string; path: string; headers: Record<string, string>; body?: Buffer };

export type Answer = {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  ms: number;
};

/** Longer than anything may take: what does not answer at all is seen as such. */
const PATIENCE_MS = 60_000;

/** Sends as it stands, however broken: `fetch` would put much of it right. Status 0 means that no answer came. */
export const openSender = (base: string): { send: (sent: Sent) => Promise<Answer>; close: () => void } => {
  const { hostname, port } = new URL(base);
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  const send = ({ method, path, headers, body }: Sent): Promise<Answer> =>
    new Promise((resolve) => {
      const began = performance.now();
      const none = (why: string): void => resolve({ status: 0, headers: {}, text: why, ms: performance.now() - began });
      const outgoing = request(
        {
          agent,
          hostname,
          port,
          method,
          path,
          headers: { ...headers, ...(body && { 'content-length': body.length }) },
        },
        (incoming) => {
          const chunks: Buffer[] = [];
          // Live updates have no end: their head is the answer.
          if (incoming.headers['content-type']?.startsWith('text/event-stream')) {
            resolve({
              status: incoming.statusCode ?? 0,
              headers: incoming.headers,
              text: '',
              ms: performance.now() - began,
            });
            return void outgoing.destroy();
          }
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
          incoming.on('error', (error) => none(error.message));
          incoming.on('end', () =>
            resolve({
              status: incoming.statusCode ?? 0,
              headers: incoming.headers,
              text: Buffer.concat(chunks).toString(),
              ms: performance.now() - began,
            }),
          );
        },
      );
      outgoing.setTimeout(PATIENCE_MS, () => outgoing.destroy(new Error('no answer')));
      outgoing.on('error', (error) => none(error.message));
      outgoing.end(body);
    });
  return { send, close: () => agent.destroy() };
};
