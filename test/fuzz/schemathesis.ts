import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { ROOT } from '../../deploy/local/paths.ts';
import { busyness } from '../mesh/person.ts';
import type { House } from './house.ts';
import { openSender, type Sent } from './http.ts';
import { judge } from './judge.ts';
import type { Sender } from './people.ts';
import { forbiddenIn } from './rest-request.ts';
import { OPERATIONS, type Operation } from './schema.ts';
import { Tally } from './tally.ts';
import { settleVenv } from '../venv.ts';

const VERSION = '4.32.*';
const DOCUMENT = join(ROOT, 'docs/openapi.json');
/** What its own checks add to ours: answers, their types and their schemas, by somebody else's reading of the document. */
const CHECKS = 'not_a_server_error,content_type_conformance,response_schema_conformance';
/** Updates have no end; the rest would put out who asks. */
const LEFT_OUT = '^/v1/(live|session.*|employees/\\{id\\}:.*|roles/\\{id\\})$';
const SHOWN_MAX = 6_000;

/** Path of Schemathesis. Throws with what to do when it cannot be had; `--schemathesis=0` leaves it out. */
export const settleSchemathesis = (): string =>
  join(settleVenv('Schemathesis', `schemathesis==${VERSION}`), 'schemathesis');

const patternOf = ({ path }: Operation): RegExp =>
  new RegExp(
    `^${path
      .split(/\{\w+\}/)
      .map((part) => RegExp.escape(part))
      .join('[^:/]+')}$`,
  );

const known = OPERATIONS.map((operation) => ({ operation, pattern: patternOf(operation) }));

const operationOf = ({ method, path }: Sent): Operation | undefined => {
  const bare = path.split('?')[0]!;
  return known.find(({ operation, pattern }) => operation.method === method && pattern.test(bare))?.operation;
};

const json = (body: Buffer | undefined): { body?: unknown } => {
  try {
    return body?.length ? { body: JSON.parse(body.toString()) as unknown } : {};
  } catch {
    return {};
  }
};

const forbidden = (operation: Operation | undefined, { path, body, method }: Sent): string[] => {
  if (!operation) return [];
  const query = [...new URLSearchParams(path.split('?')[1] ?? '')];
  return forbiddenIn(operation, { query, ...(method !== 'GET' && json(body)) });
};

/** Between Schemathesis and the gateway: signs in, asks in both languages by turns and judges as all are judged. */
const openProxy = async (base: string, sender: Sender, tally: Tally) => {
  const { send, close } = openSender(base);
  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    // It makes credentials up too: most of what it sends would not be looked at.
    const headers = { ...incoming.headers };
    for (const name of ['host', 'connection', 'content-length', 'authorization']) delete headers[name];
    const language = tally.requests % 2 ? 'zh' : 'en';
    const sent: Sent = {
      method: incoming.method ?? 'GET',
      path: incoming.url ?? '/',
      headers: { ...(headers as Record<string, string>), ...(await sender.headers()), 'accept-language': language },
      ...(chunks.length && { body: Buffer.concat(chunks) }),
    };
    const answer = await send(sent);
    if (answer.status === 401) sender.renew();
    const operation = operationOf(sent);
    // Its probe is for the pages.
    if (!sent.path.startsWith('/v1/')) return void outgoing.writeHead(404).end();
    const verdict = judge({
      ...(operation && { operation }),
      answer,
      language,
      forbidden: forbidden(operation, sent),
      busy: busyness(),
    });
    tally.count(String(answer.status), verdict.rule);
    for (const what of verdict.wrong)
      tally.fault(
        `${sent.method} ${operation?.path ?? sent.path}`,
        what,
        `${sent.path} ${sent.body?.toString() ?? ''}`,
        answer.text,
      );
    outgoing.writeHead(answer.status || 502, {
      'content-type': String(answer.headers['content-type'] ?? 'text/plain'),
    });
    outgoing.end(answer.text);
  };
  const server = createServer((incoming, outgoing) => {
    pass(incoming, outgoing).catch((error: Error) => outgoing.destroy(error));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
      close();
    },
  };
};

type Options = { seed: number; minutes: number; out: string };

/** Runs it as each of the senders for an equal share of the time; answers what was wrong. */
export const schemathesis = async (
  program: string,
  { enterprise, senders }: House,
  { seed, minutes, out }: Options,
) => {
  const tally = new Tally();
  mkdirSync(out, { recursive: true });
  for (const sender of senders) {
    const proxy = await openProxy(enterprise.base, sender, tally);
    const seconds = Math.max(10, Math.round((minutes * 60) / senders.length));
    const args = [
      ...['run', DOCUMENT, '--url', proxy.url, '--seed', String(seed), '--max-time', String(seconds)],
      ...['--checks', CHECKS, '--exclude-path-regex', LEFT_OUT, '--workers', '4', '--continue-on-failure'],
      ...['--warnings', 'off', '--no-color'],
    ];
    const child = spawn(program, args, { cwd: out, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    console.info(`schemathesis as ${sender.role}: ended with ${code}, ${tally.requests} requests so far`);
    // It also ends with 1 where it cannot make up a value; what it sent until then was judged.
    if (code !== 0 && !said.includes('FAILURES')) console.info(`it broke off: ${said.slice(-300)}`);
    if (said.includes('FAILURES'))
      tally.fault(
        sender.role,
        `Schemathesis ended with ${code}`,
        '',
        said.slice(said.indexOf('FAILURES')).slice(0, SHOWN_MAX),
      );
    proxy.close();
  }
  const { faults, statuses, requests } = tally.figures();
  console.info(`schemathesis: ${requests} requests ${JSON.stringify(statuses)}`);
  return faults.map((fault) => ({ part: 'schemathesis', ...fault }));
};
