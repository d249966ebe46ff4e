import { randomBytes } from 'node:crypto';
import { publicCaller } from '@pelagic/chassis/caller';
import { runIn } from '@pelagic/chassis/context';
import { Problem } from '@pelagic/chassis/problem';
import { activeTraceId, activeTraceparent, spanFor, SpanKind } from '@pelagic/chassis/telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { TIMEOUT_ASKED_MAX_MS } from './limits.ts';
import { addressOf } from './request.ts';

const TRACEPARENT = /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/;
const NO_TRACE = '0'.repeat(32);

const traceparentOf = (request: FastifyRequest): string | undefined => {
  const header = request.headers['traceparent'];
  return typeof header === 'string' && TRACEPARENT.test(header) ? header : undefined;
};

/** The browser's trace, or a new one: what people read to us from an error page. */
export const traceIdOf = (request: FastifyRequest): string =>
  traceparentOf(request)?.slice(3, 35) ?? randomBytes(16).toString('hex');

/** Epoch milliseconds by which the caller wants an answer; rpcs have their own limit beside. */
const deadlineOf = (request: FastifyRequest): number => {
  const asked = request.headers['x-timeout-ms'];
  if (asked === undefined) return Infinity;
  const ms = /^\d{1,6}$/.test(String(asked)) ? Number(asked) : 0;
  if (ms < 1 || ms > TIMEOUT_ASKED_MAX_MS) {
    throw new Problem(
      'INVALID_ARGUMENT',
      'TIMEOUT_MALFORMED',
      `x-timeout-ms must be whole milliseconds from 1 to ${TIMEOUT_ASKED_MAX_MS}.`,
      {
        params: { max: String(TIMEOUT_ASKED_MAX_MS) },
      },
    );
  }
  return Date.now() + ms;
};

/** Runs the work of a request as its caller, within its deadline and its trace. */
export const serve = <T>(request: FastifyRequest, reply: FastifyReply, work: () => Promise<T>): Promise<T> => {
  const deadline = deadlineOf(request);
  const caller = { ...publicCaller(addressOf(request)), token: request.signedIn?.token ?? '' };
  const inSpan = () => {
    const traceId = activeTraceId();
    if (traceId && traceId !== NO_TRACE) {
      request.traceId = traceId;
      void reply.header('x-trace-id', traceId);
    }
    const traceparent = activeTraceparent() ?? traceparentOf(request);
    return runIn({ caller, deadline, ...(traceparent && { traceparent }) }, work);
  };
  const route = request.routeOptions.url ?? '';
  return spanFor(`${request.method} ${route}`, traceparentOf(request), inSpan, SpanKind.SERVER, {
    'http.request.method': request.method,
    'http.route': route,
  });
};
