import { connect, type Connected } from '@pelagic/chassis/client';
import { Problem } from '@pelagic/chassis/problem';
import { contract, type Rpc } from '@pelagic/proto/contract';
import type { FilePurpose } from '@pelagic/proto/crm/capability/v1/file';
import { CallerServiceService } from '@pelagic/proto/crm/identity/v1/session';
import { services } from '@pelagic/proto/services';
import type { Mesh } from '../../deploy/local/mesh.ts';
import { PASSWORD } from '../mesh/enterprise.ts';
import { visitor, type Answer } from '../mesh/person.ts';
import type { Asker } from './organisation.ts';

/** One way into the product: a person's session, a key, or nobody at all. */
export type Door = {
  name: string;
  asker: Asker;
  rest: (method: string, path: string, body?: unknown) => Promise<Answer>;
  /** Calls an rpc at its service, past the gateway, as the gateway would; answers the reason of a refusal, or the answer. */
  call: (rpc: Rpc, request: object) => Promise<{ reason: string; code: string; answer?: any }>;
  /** What is no JSON, as text. */
  read: (path: string) => Promise<{ status: number; headers: Headers; text: string }>;
  /** What a file holds, as text. */
  bytes: (path: string) => Promise<string>;
  /** What an answer begins with, whatever comes after it. */
  status: (path: string) => Promise<number>;
  upload: (service: string, name: string, bytes: Buffer, purpose?: FilePurpose) => Promise<string>;
  /** Bytes of the live stream as they come; undefined where there is none to have. */
  listen: () => Promise<{ text: () => string; ended: () => boolean; stop: () => void }>;
};

type Credential = { $case: 'sessionToken' | 'apiKey'; value: string };

/** A caller token is good for seconds; a new one is asked for before that. */
const TOKEN_MS = 2_000;

const callers = (mesh: Mesh) => connect(CallerServiceService, mesh.address('identity'));

/** The token that the gateway would hand on; empty for who is not let in. */
const tokenSource = (mesh: Mesh, credential: Credential | undefined): (() => Promise<string>) => {
  let known: { token: string; untilMs: number } | undefined;
  return async () => {
    if (!credential) return '';
    if (known && known.untilMs > Date.now()) return known.token;
    const { callerToken } = await callers(mesh).authenticate({ credential, remoteAddress: '127.0.0.1' });
    known = { token: callerToken, untilMs: Date.now() + TOKEN_MS };
    return callerToken;
  };
};

/** Which process answers an rpc: the one that the request names where several serve it. */
const addressOf = (mesh: Mesh, rpc: Rpc, request: { service?: string }): string =>
  mesh.address(rpc.access.mounted ? (request.service ?? 'customer') : rpc.owner);

const nameOf = (method: string): string => method[0]!.toLowerCase() + method.slice(1);

const callWith =
  (mesh: Mesh, token: () => Promise<string>): Door['call'] =>
  async (rpc, request) => {
    try {
      const client: Connected<any> = connect(services.get(rpc.service)!, addressOf(mesh, rpc, request));
      const asked = client[nameOf(rpc.method)] as unknown as (request: object, options: object) => any;
      const options = { token: await token(), timeoutMs: 10_000 };
      if (!rpc.serverStreaming) return { reason: '', code: 'OK', answer: await asked(request, options) };
      const answer: unknown[] = [];
      for await (const part of asked(request, options)) answer.push(part);
      return { reason: '', code: 'OK', answer };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return { reason: error.reason, code: error.code };
    }
  };

export const rpcNamed = (name: string): Rpc => {
  const rpc = contract.rpcs.get(name);
  if (!rpc) throw new Error(`The contract has no rpc ${name}.`);
  return rpc;
};

/** Answers that are no JSON: files and streams. */
const raw = (base: string, headers: Record<string, string>): Pick<Door, 'read' | 'bytes' | 'status' | 'upload'> => {
  const send = { 'sec-fetch-site': 'same-origin', ...headers };
  return {
    read: async (path) => {
      const response = await fetch(`${base}${path}`, { headers: send });
      return { status: response.status, headers: response.headers, text: await response.text() };
    },
    bytes: async (path) => (await fetch(`${base}${path}`, { headers: send })).text(),
    status: async (path) => {
      const stop = new AbortController();
      const { status } = await fetch(`${base}${path}`, { headers: send, signal: stop.signal });
      stop.abort();
      return status;
    },
    upload: async (service, name, bytes, purpose = 'FILE_PURPOSE_UNSPECIFIED') => {
      const more = { 'content-type': 'text/csv', 'x-file-name': encodeURIComponent(name) };
      const body = new Uint8Array(bytes);
      const response = await fetch(`${base}/v1/${service}/files?purpose=${purpose}`, {
        method: 'POST',
        headers: { ...send, ...more },
        body,
      });
      return ((await response.json()) as { id: string }).id;
    },
  };
};

type Opening = { mesh: Mesh; base: string; name: string; asker: Asker };

/** Signs a person in; they keep this session until it is taken from them. */
export const openSession = async ({ mesh, base, name, asker }: Opening, login: string): Promise<Door> => {
  const response = await fetch(`${base}/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
    body: JSON.stringify({ login, password: PASSWORD }),
  });
  if (!response.ok) throw new Error(`${login} could not sign in: ${response.status} ${await response.text()}`);
  const [cookie = ''] = response.headers.getSetCookie().map((each) => each.split(';')[0]!);
  const person = visitor(base, cookie);
  const value = cookie.slice(cookie.indexOf('=') + 1);
  return {
    name,
    asker,
    ...raw(base, { cookie }),
    rest: person.ask,
    call: callWith(mesh, tokenSource(mesh, { $case: 'sessionToken', value })),
    listen: person.listen,
  };
};

export const openKey = ({ mesh, base, name, asker }: Opening, secret: string): Door => {
  const system = visitor(base);
  const authorization = `Bearer ${secret}`;
  return {
    name,
    asker,
    ...raw(base, { authorization }),
    rest: (method, path, body) => system.ask(method, path, body, { authorization }),
    call: callWith(mesh, tokenSource(mesh, { $case: 'apiKey', value: secret })),
    listen: system.listen,
  };
};

/** Somebody who has not signed in. */
export const openStreet = (mesh: Mesh, base: string): Door => {
  const nobody = visitor(base);
  const asker = { employeeId: '' };
  const call = callWith(mesh, async () => '');
  return { name: 'nobody', asker, ...raw(base, {}), rest: nobody.ask, call, listen: nobody.listen };
};
