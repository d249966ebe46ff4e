import type { Socket } from 'node:net';
import { asProblem, Problem } from '@pelagic/chassis/problem';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { HEADERS_SIZE_MAX, JSON_BODY_MAX, MB } from './limits.ts';
import { languageFor } from './messages.ts';
import { problemJson, retryAfterOf } from './problem-json.ts';

const JSON_TYPE = 'application/problem+json; charset=utf-8';

/** What Fastify and its plugins throw, as Problems. */
const FRAMEWORK: Record<string, () => Problem> = {
  FST_ERR_CTP_BODY_TOO_LARGE: () => tooLarge(JSON_BODY_MAX),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () => unsupported('application/json'),
  FST_ERR_CTP_INVALID_TYPE: () => unsupported('application/json'),
  FST_ERR_CTP_EMPTY_JSON_BODY: () => new Problem('INVALID_ARGUMENT', 'BODY_EMPTY', 'The body is empty; send JSON.'),
  FST_ERR_CTP_INVALID_JSON_BODY: () => new Problem('INVALID_ARGUMENT', 'BODY_MALFORMED', 'The body is not valid JSON.'),
  FST_ERR_BAD_URL: () => new Problem('INVALID_ARGUMENT', 'ADDRESS_MALFORMED', 'The address is malformed.'),
  FST_UNDER_PRESSURE: () =>
    new Problem('UNAVAILABLE', 'OVERLOADED', 'The system is busy. Try again in a moment.', {
      params: { retryAfterSeconds: '5' },
    }),
};

/** `max` in bytes; people are told megabytes. */
export const tooLarge = (max: number): Problem =>
  new Problem('INVALID_ARGUMENT', 'BODY_TOO_LARGE', `The body is too large; ${max / MB} MB are the limit.`, {
    params: { max: String(max), megabytes: String(max / MB) },
  });

export const unsupported = (supported: string): Problem =>
  new Problem('INVALID_ARGUMENT', 'MEDIA_TYPE_UNSUPPORTED', `This media type is not taken here; use ${supported}.`, {
    params: { supported },
  });

export const toProblem = (error: unknown): Problem => {
  if (error instanceof Problem) return error;
  const { code = '', statusCode = 500 } = error as Partial<FastifyError>;
  const known = FRAMEWORK[code];
  if (known) return known();
  if (code.startsWith('FST_REPLY_FROM')) {
    return new Problem(
      'UNAVAILABLE',
      'PAGES_UNAVAILABLE',
      'The pages are starting or cannot be reached right now. Try again in a moment.',
      { cause: error },
    );
  }
  if (statusCode >= 400 && statusCode < 500)
    return new Problem('INVALID_ARGUMENT', 'REQUEST_MALFORMED', 'The request cannot be read.', { cause: error });
  return asProblem(error);
};

/** Every answer that is not 2xx, except what the pages answer themselves. */
export const sendProblem = (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
  const problem = toProblem(error);
  const { headers, signedIn } = request;
  const language = languageFor({
    accepted: headers['accept-language'],
    mode: headers['sec-fetch-mode'],
    locale: signedIn?.locale,
  });
  const json = problemJson(problem, {
    language,
    traceId: request.traceId,
    bodyField: request.routeOptions.config?.bodyField,
  });
  if (json.status >= 500)
    request.log.error(
      { err: problem.cause ?? problem, reason: problem.reason, traceId: request.traceId },
      'request failed',
    );
  const wait = retryAfterOf(problem);
  if (wait !== undefined) void reply.header('retry-after', wait);
  if (problem.code === 'UNAUTHENTICATED') void reply.header('www-authenticate', 'Bearer realm="pelagic"');
  void reply
    .header('content-language', language === 'zh' ? 'zh-CN' : 'en')
    .header('cache-control', 'no-store')
    .header('vary', 'accept-language');
  return reply.code(json.status).type(JSON_TYPE).send(JSON.stringify(json));
};

const SOCKET_PROBLEMS: Record<string, () => Problem> = {
  HPE_HEADER_OVERFLOW: () =>
    new Problem('INVALID_ARGUMENT', 'HEADERS_TOO_LARGE', 'The headers are too large.', {
      params: { max: String(HEADERS_SIZE_MAX) },
    }),
  ERR_HTTP_REQUEST_TIMEOUT: () =>
    new Problem('DEADLINE_EXCEEDED', 'REQUEST_TIMEOUT', 'The request took too long to arrive.'),
};

/** What is no HTTP never becomes a request: answered on the bare socket. */
export const refuseOnSocket = (error: Error & { code?: string }, socket: Socket): void => {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const problem = (
    SOCKET_PROBLEMS[error.code ?? ''] ??
    (() => new Problem('INVALID_ARGUMENT', 'REQUEST_MALFORMED', 'The request cannot be read.'))
  )();
  const json = problemJson(problem, { language: 'en', traceId: '' });
  const body = JSON.stringify(json);
  socket.end(
    `HTTP/1.1 ${json.status} Refused\r\nconnection: close\r\nx-content-type-options: nosniff\r\ncontent-type: ${JSON_TYPE}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
};
