import type { Problem } from '@pelagic/chassis/problem';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { toProblem } from '../errors.ts';
import { languageFor } from '../messages.ts';
import { problemJson, retryAfterOf } from '../problem-json.ts';

type Exception = { code: number; name: string };

const SYNTAX_ERROR = { code: 62, name: 'SYNTAX_ERROR' };
const ACCESS_DENIED = { code: 497, name: 'ACCESS_DENIED' };

/** By reason: numbers and names of ClickHouse that mean the same, for clients that go by them. */
const BY_REASON: Record<string, Exception> = {
  SQL_FUNCTION: { code: 46, name: 'UNKNOWN_FUNCTION' },
  SQL_TABLE: { code: 60, name: 'UNKNOWN_TABLE' },
  SQL_COLUMN: { code: 47, name: 'UNKNOWN_IDENTIFIER' },
  SQL_COLUMN_HIDDEN: ACCESS_DENIED,
  SQL_TABLE_FUNCTION: ACCESS_DENIED,
  SQL_STATEMENT: { code: 164, name: 'READONLY' },
  SQL_SETTING: { code: 164, name: 'READONLY' },
  SQL_TYPE: { code: 50, name: 'UNKNOWN_TYPE' },
  SQL_FORMAT: { code: 73, name: 'UNKNOWN_FORMAT' },
  SQL_PARAMETER: { code: 456, name: 'UNKNOWN_QUERY_PARAMETER' },
  SQL_TOO_DEEP: { code: 306, name: 'TOO_DEEP_RECURSION' },
  SQL_TOO_SLOW: { code: 159, name: 'TIMEOUT_EXCEEDED' },
  SQL_TOO_COSTLY: { code: 241, name: 'MEMORY_LIMIT_EXCEEDED' },
  SQL_RESULT_TOO_LARGE: { code: 396, name: 'TOO_MANY_ROWS_OR_BYTES' },
  SQL_QUEUE_FULL: { code: 202, name: 'TOO_MANY_SIMULTANEOUS_QUERIES' },
  SQL_QUEUE_FULL_FOR_YOU: { code: 202, name: 'TOO_MANY_SIMULTANEOUS_QUERIES' },
};
const BY_CODE: Partial<Record<Problem['code'], Exception>> = {
  UNAUTHENTICATED: { code: 516, name: 'AUTHENTICATION_FAILED' },
  PERMISSION_DENIED: ACCESS_DENIED,
  CANCELLED: { code: 394, name: 'QUERY_WAS_CANCELLED' },
  DEADLINE_EXCEEDED: { code: 159, name: 'TIMEOUT_EXCEEDED' },
  RESOURCE_EXHAUSTED: { code: 202, name: 'TOO_MANY_SIMULTANEOUS_QUERIES' },
  INVALID_ARGUMENT: SYNTAX_ERROR,
};

const exceptionOf = ({ reason, code }: Problem): Exception =>
  BY_REASON[reason] ?? BY_CODE[code] ?? { code: 1002, name: 'UNKNOWN_EXCEPTION' };

/** A problem in the form of ClickHouse, in the words of the caller's language, with the reason that it has everywhere else. */
export const sendException = (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
  const problem = toProblem(error);
  const { headers, signedIn, traceId } = request;
  const asked = { accepted: headers['accept-language'], mode: headers['sec-fetch-mode'], locale: signedIn?.locale };
  const { status, detail, reason } = problemJson(problem, { language: languageFor(asked), traceId });
  if (status >= 500) request.log.error({ err: problem.cause ?? problem, reason, traceId }, 'request failed');
  const { code, name } = exceptionOf(problem);
  const wait = retryAfterOf(problem);
  if (wait !== undefined) void reply.header('retry-after', wait);
  if (problem.code === 'UNAUTHENTICATED') void reply.header('www-authenticate', 'Basic realm="pelagic"');
  return reply
    .code(status)
    .header('x-clickhouse-exception-code', String(code))
    .header('x-pelagic-reason', reason)
    .header('cache-control', 'no-store')
    .header('vary', 'accept-language')
    .type('text/plain; charset=UTF-8')
    .send(`Code: ${code}. DB::Exception: ${detail} (${name}) [${reason}]\n`);
};
