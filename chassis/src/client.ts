import {
  Client,
  connectivityState,
  credentials,
  Metadata,
  type ServiceDefinition,
  type ServiceError,
} from '@grpc/grpc-js';
import { rpcOfPath, type Rpc } from '@pelagic/proto/contract';
import { currentContext } from './context.ts';
import { Problem } from './problem.ts';
import { DEADLINE_DEFAULT_MS } from './rpc.ts';
import { fromServiceError } from './status.ts';
import { activeTraceparent } from './telemetry.ts';

type Encoded<E> = E extends (value: infer T) => any ? T : never;
type Decoded<D> = D extends (bytes: any) => infer T ? T : never;

export type CallOptions = {
  /** Milliseconds; never beyond the deadline of the rpc being served. */
  timeoutMs?: number;
  /** Caller token to act with; that of the rpc being served when absent. */
  token?: string;
};

/** A service of the contract as async functions; server streams as async iterables. */
export type Connected<S extends ServiceDefinition> = {
  [K in keyof S as S[K]['requestStream'] extends true ? never : K]: S[K]['responseStream'] extends true
    ? (
        request: Encoded<S[K]['requestSerialize']>,
        options?: CallOptions,
      ) => AsyncIterable<Decoded<S[K]['responseDeserialize']>>
    : (
        request: Encoded<S[K]['requestSerialize']>,
        options?: CallOptions,
      ) => Promise<Decoded<S[K]['responseDeserialize']>>;
};

/** Connections go round the addresses of a name and notice new ones within a minute (headless service on Kubernetes). */
const CHANNEL = {
  // Otherwise a renewed channel would be given the connections of the old one.
  'grpc.use_local_subchannel_pool': 1,
  'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
  'grpc.keepalive_time_ms': 20_000,
  'grpc.keepalive_timeout_ms': 5_000,
  'grpc.initial_reconnect_backoff_ms': 200,
  'grpc.max_reconnect_backoff_ms': 1_000,
  'grpc.max_receive_message_length': 16 * 1024 * 1024,
};

const TRIES_MAX = 3;
const RETRY_AFTER_MS = 100;

/**
 * The age of a connection is the caller's business: a server that ends one by age drops the call that was on its way to it
 * just then, and nobody can say whether that call was run.
 */
const CHANNEL_AGE_MS = 60_000;
/** Calls that run outlive the close of their channel; those that still wait for a connection after this have failed. */
const CHANNEL_REST_MS = 30_000;

const channels = new Map<string, { client: Client; born: number }>();
const resting = new Map<Client, NodeJS.Timeout>();

const retire = (client: Client): void => {
  const close = () => {
    resting.delete(client);
    client.close();
  };
  resting.set(client, setTimeout(close, CHANNEL_REST_MS).unref());
};

export const channelTo = (address: string): Client => {
  const known = channels.get(address);
  if (known && performance.now() - known.born < CHANNEL_AGE_MS) return known.client;
  const client = new Client(address, credentials.createInsecure(), CHANNEL);
  channels.set(address, { client, born: performance.now() });
  if (known) retire(known.client);
  return client;
};

export const closeChannels = (): void => {
  for (const timer of resting.values()) clearTimeout(timer);
  for (const client of [...resting.keys(), ...[...channels.values()].map((channel) => channel.client)]) client.close();
  resting.clear();
  channels.clear();
};

export const callMetadata = (token: string | undefined): Metadata => {
  const metadata = new Metadata();
  const { caller } = currentContext() ?? {};
  const bearer = token ?? caller?.token;
  if (bearer) metadata.set('authorization', `Bearer ${bearer}`);
  // A token says where its bearer is; of who has none, whoever let them in does.
  else if (caller?.remoteAddress) metadata.set('remote-address', caller.remoteAddress);
  const traceparent = activeTraceparent() ?? currentContext()?.traceparent;
  if (traceparent) metadata.set('traceparent', traceparent);
  return metadata;
};

export const callDeadline = (rpc: Rpc, timeoutMs: number | undefined): number => {
  const own = Date.now() + (timeoutMs ?? (rpc.access.deadlineMs || DEADLINE_DEFAULT_MS));
  return Math.min(own, currentContext()?.deadline ?? Infinity);
};

/** What may not be repeated waits this long for a service that is just starting: it has not been sent as long as it waits. */
const CONNECT_MS = 2_000;

const whenConnected = (client: Client, deadline: number): Promise<void> =>
  client.getChannel().getConnectivityState(true) === connectivityState.READY
    ? Promise.resolve()
    : new Promise((resolve) => client.waitForReady(Math.min(deadline, Date.now() + CONNECT_MS), () => resolve()));

/** Only what may be repeated without harm is, and only when the service was not there. */
const retried = async <T>(rpc: Rpc, deadline: number, attempt: () => Promise<T>): Promise<T> => {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      const again =
        error instanceof Problem && error.code === 'UNAVAILABLE' && rpc.access.idempotent && tries < TRIES_MAX;
      if (!again || Date.now() + RETRY_AFTER_MS > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER_MS * tries));
    }
  }
};

async function* stream(source: AsyncIterable<unknown>): AsyncIterable<unknown> {
  try {
    yield* source;
  } catch (error) {
    throw fromServiceError(error as ServiceError);
  }
}

export const connect = <S extends ServiceDefinition>(definition: S, address: string): Connected<S> => {
  const calls: Record<string, unknown> = {};
  for (const [name, method] of Object.entries(definition)) {
    const rpc = rpcOfPath(method.path);
    if (!rpc) throw new Error(`${method.path} is not in the contract.`);
    const { path, requestSerialize, responseDeserialize } = method;
    calls[name] = method.responseStream
      ? (request: unknown, { timeoutMs, token }: CallOptions = {}) =>
          stream(
            channelTo(address).makeServerStreamRequest(
              path,
              requestSerialize,
              responseDeserialize,
              request,
              callMetadata(token),
              { deadline: callDeadline(rpc, timeoutMs) },
            ),
          )
      : (request: unknown, { timeoutMs, token }: CallOptions = {}) => {
          const deadline = callDeadline(rpc, timeoutMs);
          const metadata = callMetadata(token);
          return retried(rpc, deadline, async () => {
            const client = channelTo(address);
            if (!rpc.access.idempotent) await whenConnected(client, deadline);
            return new Promise((resolve, reject) => {
              client.makeUnaryRequest(
                path,
                requestSerialize,
                responseDeserialize,
                request,
                metadata,
                { deadline },
                (error, value) => (error ? reject(fromServiceError(error)) : resolve(value)),
              );
            });
          });
        };
  }
  return calls as Connected<S>;
};
