import { Client, credentials, Metadata, status as grpcStatus, type ServiceError } from '@grpc/grpc-js';
import { contract, type Rpc } from '@pelagic/proto/contract';
import { registry } from '@pelagic/proto/registry';
import { SERVICES } from '../../deploy/local/processes.ts';
import type { Mesh } from '../../deploy/local/mesh.ts';
import { judgeCall, type Outcome } from './grpc-judge.ts';
import { requestOf, spoiled, type Json, type Making } from './request.ts';
import { Tally, type Figures } from './tally.ts';
import type { Tokens, Who } from './tokens.ts';
import { brokenBytes } from './wire.ts';

const AT_ONCE = 12;
/** A call without a deadline is given up after this; the service has to have answered long before. */
const PATIENCE_MS = 30_000;
/** A server may end a connection over its headers without another word. */
const LARGE_MS = 3_000;
/** Messages of a stream that are read before it is broken off. */
const READ_MAX = 20;

export type GrpcFigures = Figures & { rpcs: number; done: number };

type Run = { mesh: Mesh; tokens: Tokens; making: Making; requests: number };

type Shot = {
  rpc: Rpc;
  path: string;
  host: string;
  bytes: Buffer;
  metadata: Metadata;
  deadline: boolean;
  /** With headers of 64 KB, which end the connection: on one of its own. */
  large: boolean;
  what: string;
  who: Who;
  /** Certainly as the contract wants it. */
  right: boolean;
};

const hostOf = ({ access, owner }: Rpc, request: Json): string => {
  const named = String(request['service']);
  return access.mounted ? ([...SERVICES, 'analytics'].includes(named) ? named : 'customer') : owner;
};

const bytesOf = (rpc: Rpc, request: Json): Buffer => {
  const codec = registry.get(rpc.request)!;
  return Buffer.from(codec.encode(codec.fromJSON(request)).finish());
};

/** Bytes of a request, right or wrong; what cannot be written is broken at the wire instead. */
const payload = (making: Making, rpc: Rpc, right: Json): { bytes: Buffer; what: string } => {
  const { random } = making;
  const part = random.next();
  const request = part < 0.35 ? right : spoiled(making, rpc.request, right);
  let bytes = bytesOf(rpc, right);
  try {
    bytes = bytesOf(rpc, request);
  } catch {
    // Hostile beyond what the codec writes.
  }
  if (part < 0.65) return { bytes, what: JSON.stringify(request).slice(0, 1_000) };
  const broken = brokenBytes(random, bytes);
  return { bytes: broken, what: `bytes ${broken.subarray(0, 200).toString('hex')}` };
};

const metadataFor = async (making: Making, rpc: Rpc, tokens: Tokens): Promise<{ metadata: Metadata; who: Who }> => {
  const { random } = making;
  const metadata = new Metadata();
  const part = random.next();
  const internal = rpc.access.permission === 'internal';
  const people = ['administrator', 'administrator', 'salesperson'] as const;
  const others = ['nobody', 'garbage', 'expired', 'forged'] as const;
  const who: Who = part < 0.1 ? random.of(others) : internal && part < 0.8 ? 'service' : random.of(people);
  const token = await tokens.of(who);
  if (token) metadata.set('authorization', random.chance(0.95) ? `Bearer ${token}` : token);
  if (random.chance(0.02)) metadata.set('traceparent', 'not-a-trace');
  if (random.chance(0.01)) metadata.set('grpc-encoding', 'br');
  return { metadata, who };
};

/** A right request with a service's own token. */
const serviceShot = async (rpc: Rpc, { making, tokens }: Run): Promise<Shot> => {
  const right = requestOf(making, rpc);
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${await tokens.of('service')}`);
  return {
    rpc,
    path: `/${rpc.name}`,
    host: hostOf(rpc, right),
    bytes: bytesOf(rpc, right),
    metadata,
    deadline: true,
    what: `service: ${JSON.stringify(right)}`,
    who: 'service',
    right: true,
    large: false,
  };
};

const shotFor = async (rpc: Rpc, { making, tokens }: Run): Promise<Shot> => {
  const { random } = making;
  const right = requestOf(making, rpc);
  const { bytes, what } = payload(making, rpc, right);
  const { metadata, who } = await metadataFor(making, rpc, tokens);
  const unknown = random.chance(0.01);
  const large = random.chance(0.01);
  if (large) metadata.set('x-large', 'x'.repeat(64_000));
  return {
    rpc,
    path: unknown ? `/${rpc.service}/${rpc.method}x` : `/${rpc.name}`,
    host: hostOf(rpc, right),
    bytes,
    metadata,
    deadline: random.chance(0.9),
    what: `${who}: ${what}`,
    who,
    right: false,
    large,
  };
};

const isPerson = (who: Who): boolean => who === 'administrator' || who === 'salesperson';

const asIs = (bytes: Buffer): Buffer => bytes;

const fire = (client: Client, { rpc, path, bytes, metadata, deadline, large }: Shot): Promise<Outcome> =>
  new Promise((resolve) => {
    const began = performance.now();
    let read = 0;
    const patience = large ? LARGE_MS : PATIENCE_MS;
    const options = deadline ? { deadline: Date.now() + patience } : {};
    const end = (error?: ServiceError | null): void => {
      clearTimeout(timer);
      resolve({ error: error ?? undefined, ms: performance.now() - began });
    };
    const answered = (error: ServiceError | null): void => end(error);
    const call = (() => {
      if (rpc.clientStreaming) {
        const stream = client.makeClientStreamRequest(path, asIs, asIs, metadata, options, answered);
        stream.on('error', () => {});
        for (let times = 0; times < 3; times += 1) stream.write(bytes);
        stream.end();
        return stream;
      }
      if (!rpc.serverStreaming) return client.makeUnaryRequest(path, asIs, asIs, bytes, metadata, options, answered);
      const stream = client.makeServerStreamRequest(path, asIs, asIs, bytes, metadata, options);
      stream.on('data', () => ++read === READ_MAX && stream.cancel());
      stream.on('error', (error: ServiceError) => end(error.code === grpcStatus.CANCELLED ? null : error));
      stream.on('end', () => end());
      return stream;
    })();
    const timer = setTimeout(() => call.cancel(), patience);
  });

/** A connection is shared with no other client. */
const OWN = { 'grpc.use_local_subchannel_pool': 1 };

/** What the client says of a connection that ended under a call. */
const BROKEN = /RST_STREAM|session has been destroyed|connection dropped/i;

/** Calls every rpc of every service past the gateway, with requests right, wrong and broken. */
export const fuzzGrpc = async (run: Run): Promise<GrpcFigures> => {
  const { mesh, requests } = run;
  const clients = new Map<string, Client>();
  const newClient = (host: string): Client => new Client(mesh.address(host), credentials.createInsecure(), OWN);
  const clientOf = (host: string): Client => {
    const known = clients.get(host) ?? newClient(host);
    clients.set(host, known);
    return known;
  };
  const alone = async (shot: Shot): Promise<Outcome> => {
    const client = newClient(shot.host);
    const outcome = await fire(client, shot);
    client.close();
    return outcome;
  };
  /** When a connection breaks, all that were on it fail: who broke it breaks one of its own too. */
  const shoot = async (shot: Shot): Promise<Outcome> => {
    if (shot.large) return alone(shot);
    const outcome = await fire(clientOf(shot.host), shot);
    return BROKEN.test(outcome.error?.details ?? '') ? alone(shot) : outcome;
  };
  const rpcs = [...contract.rpcs.values()];
  const tally = new Tally();
  const done = new Set<Rpc>();
  const asked = new Set<Rpc>();
  for (let next = 0; next < requests; next += AT_ONCE) {
    const shots: Shot[] = [];
    for (let index = next; index < Math.min(next + AT_ONCE, requests); index += 1) {
      const rpc = rpcs[index % rpcs.length]!;
      // Every rpc once by a service that speaks for itself.
      shots.push(await (index < rpcs.length ? serviceShot : shotFor)(rpc, run));
    }
    const outcomes = await Promise.all(shots.map(shoot));
    shots.forEach((shot, index) => {
      const outcome = outcomes[index]!;
      const { wrong, rule } = shot.large ? { wrong: [], rule: false } : judgeCall(shot, outcome);
      const code = grpcStatus[outcome.error?.code ?? grpcStatus.OK];
      asked.add(shot.rpc);
      if (!outcome.error) done.add(shot.rpc);
      if (code === 'UNAUTHENTICATED' && isPerson(shot.who)) run.tokens.renew();
      tally.count(code, rule);
      for (const what of wrong)
        tally.fault(shot.rpc.name, what, `${shot.host} ${shot.what}`, outcome.error?.details ?? '');
    });
  }
  for (const client of clients.values()) client.close();
  return { ...tally.figures(), rpcs: asked.size, done: done.size };
};
