import {
  Metadata,
  type handleUnaryCall,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { rpcOfPath, type Rpc } from '@pelagic/proto/contract';
import { registry } from '@pelagic/proto/registry';
import { validate } from '@pelagic/proto/validate';
import { Histogram } from 'prom-client';
import { admit, maskAnswer } from './access.ts';
import type { Caller } from './caller.ts';
import { runIn, type Context } from './context.ts';
import { sqlState } from './database.ts';
import type { Log } from './log.ts';
import type { EventEnvelope } from './outbox.ts';
import { badPageToken } from './page.ts';
import { problemOf } from './outage.ts';
import { invalid, Problem } from './problem.ts';
import { toStatus } from './status.ts';
import { activeTraceparent, spanFor, SpanKind } from './telemetry.ts';

export const DEADLINE_DEFAULT_MS = 10_000;

const duration = new Histogram({
  name: 'rpc_duration_seconds',
  help: 'Time to serve an rpc',
  labelNames: ['rpc', 'code'],
  buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
});

type Decoded<D> = D extends (bytes: any) => infer T ? T : never;

/** A handler per rpc: an async function of the request and its caller; streams are async iterables. */
export type Handlers<S extends ServiceDefinition> = {
  [K in keyof S]: S[K]['requestStream'] extends true
    ? (
        requests: AsyncIterable<Decoded<S[K]['requestDeserialize']>>,
        caller: Caller,
      ) => Promise<Decoded<S[K]['responseDeserialize']>>
    : S[K]['responseStream'] extends true
      ? (
          request: Decoded<S[K]['requestDeserialize']>,
          caller: Caller,
        ) => AsyncIterable<Decoded<S[K]['responseDeserialize']>>
      : (request: Decoded<S[K]['requestDeserialize']>, caller: Caller) => Promise<Decoded<S[K]['responseDeserialize']>>;
};

/** What the seam needs of the process: who a token is, and where audited calls go. */
export type Seam = {
  log: Log;
  identify: (token: string) => Promise<Caller>;
  /** Takes out of an answer what nobody is shown any more. Changes it in place. */
  prune?: (type: string, answer: unknown) => Promise<void>;
  /** Told of every audited rpc, whatever its outcome, with the events of what it changed. */
  audit?: (entry: { rpc: Rpc; caller: Caller; request: unknown; outcome: string; told: EventEnvelope[] }) => void;
};

export type Implementation = { definition: ServiceDefinition; implementation: UntypedServiceImplementation };

type AnyCall =
  | ServerUnaryCall<any, any>
  | ServerReadableStream<any, any>
  | ServerWritableStream<any, any>
  | ServerDuplexStream<any, any>;

const text = (metadata: Metadata, key: string): string => String(metadata.get(key)[0] ?? '');

const deadlineOf = (call: AnyCall, rpc: Rpc): number => {
  const asked = call.getDeadline();
  const at = asked instanceof Date ? asked.getTime() : asked;
  const limit = Date.now() + (rpc.access.deadlineMs || DEADLINE_DEFAULT_MS);
  return Number.isFinite(at) ? Math.min(at, limit) : limit;
};

const checkRequest = (rpc: Rpc, request: unknown): void => {
  const codec = registry.get(rpc.request);
  const errors = validate(rpc.request, codec!.toJSON(request));
  if (errors.length) throw invalid(...errors);
};

/** In place of a request whose bytes are no such message. */
const UNREADABLE = Symbol('unreadable');

/** grpc-js answers INTERNAL to bytes that it cannot read: they are the caller's mistake, and told as such by the seam. */
const readable =
  (deserialize: (bytes: Buffer) => unknown) =>
  (bytes: Buffer): unknown => {
    try {
      return deserialize(bytes);
    } catch {
      return UNREADABLE;
    }
  };

const read = <T>(request: T): T => {
  if (request === UNREADABLE) throw new Problem('INVALID_ARGUMENT', 'REQUEST_MALFORMED', 'The request cannot be read.');
  return request;
};

const served = async <T>(seam: Seam, rpc: Rpc, call: AnyCall, work: (caller: Caller) => Promise<T>): Promise<T> => {
  const began = performance.now();
  let caller: Caller | undefined;
  let outcome = 'ok';
  const audit = rpc.access.audited ? seam.audit : undefined;
  const told: EventEnvelope[] = [];
  const run = async () => {
    caller = await seam.identify(text(call.metadata, 'authorization').replace(/^Bearer /, ''));
    if (caller.kind === 'public') caller.remoteAddress ||= text(call.metadata, 'remote-address');
    const traceparent = activeTraceparent();
    const context: Context = {
      caller,
      deadline: deadlineOf(call, rpc),
      ...(traceparent && { traceparent }),
      ...(audit && { told }),
    };
    const known = caller;
    return runIn(context, () => work(known));
  };
  try {
    return await spanFor(rpc.name, text(call.metadata, 'traceparent'), run, SpanKind.SERVER, { 'rpc.system': 'grpc' });
  } catch (error) {
    const problem = problemOf(error);
    outcome = problem.reason;
    if (!(error instanceof Problem)) seam.log.error({ err: problem.cause ?? error, rpc: rpc.name }, 'rpc failed');
    throw problem;
  } finally {
    const ms = performance.now() - began;
    duration.observe({ rpc: rpc.name, code: outcome }, ms / 1_000);
    seam.log.debug({ rpc: rpc.name, outcome, ms: Math.round(ms), caller: caller?.id }, 'rpc');
    const { request } = call as { request?: unknown };
    if (caller) audit?.({ rpc, caller, request: request === UNREADABLE ? undefined : request, outcome, told });
  }
};

type Handler = (request: any, caller: Caller) => any;

/** A token may have our form and still hold what no column can be compared with: nobody here made it. */
const answerOf = async (handler: Handler, request: any, caller: Caller): Promise<unknown> => {
  try {
    return await handler(request, caller);
  } catch (error) {
    throw request.pageToken && sqlState(error)?.startsWith('22') ? badPageToken() : error;
  }
};

const unary =
  (seam: Seam, rpc: Rpc, handler: Handler): handleUnaryCall<any, any> =>
  (call, respond) => {
    served(seam, rpc, call, async (caller) => {
      admit(caller, rpc, read(call.request));
      checkRequest(rpc, call.request);
      const answer = await answerOf(handler, call.request, caller);
      await seam.prune?.(rpc.response, answer);
      maskAnswer(caller, rpc.response, answer);
      return answer;
    }).then(
      (answer) => respond(null, answer),
      (error: Problem) => respond(toStatus(error)),
    );
  };

const serverStream = (seam: Seam, rpc: Rpc, handler: Handler) => (call: ServerWritableStream<any, any>) => {
  served(seam, rpc, call, async (caller) => {
    admit(caller, rpc, read(call.request));
    checkRequest(rpc, call.request);
    for await (const answer of handler(call.request, caller)) {
      if (call.cancelled) return;
      await seam.prune?.(rpc.response, answer);
      maskAnswer(caller, rpc.response, answer);
      if (!call.write(answer)) await new Promise((resolve) => call.once('drain', resolve).once('cancelled', resolve));
    }
    call.end();
  }).catch((error: Problem) => call.emit('error', toStatus(error)));
};

/** The requests of a stream that came whole: one that its caller broke off would else look like one that ended. */
async function* whole(call: ServerReadableStream<any, any>): AsyncIterable<any> {
  for await (const request of call) yield read(request);
  if (call.cancelled) throw new Problem('CANCELLED', 'CANCELLED', 'The caller broke off.');
}

const clientStream =
  (seam: Seam, rpc: Rpc, handler: Handler) =>
  (call: ServerReadableStream<any, any>, respond: (error: any, value?: any) => void) => {
    served(seam, rpc, call, async (caller) => {
      admit(caller, rpc, {});
      return handler(whole(call), caller);
    }).then(
      (answer) => respond(null, answer),
      (error: Problem) => respond(toStatus(error)),
    );
  };

/** Binds handlers to a service of the contract. Permission, validation, masking, deadline, trace and log happen here. */
export const implement = <S extends ServiceDefinition>(
  seam: Seam,
  definition: S,
  handlers: Handlers<S>,
): Implementation => {
  const implementation: UntypedServiceImplementation = {};
  const lenient: Record<string, unknown> = {};
  for (const [name, method] of Object.entries(definition)) {
    const rpc = rpcOfPath(method.path);
    if (!rpc) throw new Error(`${method.path} is not in the contract.`);
    const handler = handlers[name] as Handler;
    lenient[name] = { ...method, requestDeserialize: readable(method.requestDeserialize) };
    implementation[name] = (method.requestStream ? clientStream : method.responseStream ? serverStream : unary)(
      seam,
      rpc,
      handler,
    ) as never;
  }
  return { definition: lenient as ServiceDefinition, implementation };
};
