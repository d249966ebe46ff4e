import type { Language } from '@pelagic/proto/language';
import type { Reason } from '@pelagic/proto/reason';
import type { Code, FieldError, Problem } from '@pelagic/chassis/problem';
import { fieldSentence, problemSentence, titleOf } from './messages.ts';

/** https://cloud.google.com/apis/design/errors, except that a rule that says no is 422: the request was well-formed. */
const STATUS: Record<Code, number> = {
  CANCELLED: 499,
  INVALID_ARGUMENT: 400,
  DEADLINE_EXCEEDED: 504,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  PERMISSION_DENIED: 403,
  RESOURCE_EXHAUSTED: 429,
  FAILED_PRECONDITION: 422,
  ABORTED: 409,
  UNIMPLEMENTED: 501,
  INTERNAL: 500,
  UNAVAILABLE: 503,
  UNAUTHENTICATED: 401,
};

/** What HTTP is more exact about than gRPC. */
const STATUS_OF_REASON: Record<string, number> = {
  METHOD_NOT_ALLOWED: 405,
  REQUEST_TIMEOUT: 408,
  BODY_TOO_LARGE: 413,
  MEDIA_TYPE_UNSUPPORTED: 415,
  HEADERS_TOO_LARGE: 431,
};

/** RFC 9457 with our extensions. */
export type ProblemJson = {
  type: string;
  title: string;
  status: number;
  code: Code;
  reason: Reason;
  detail: string;
  params: Record<string, string>;
  traceId: string;
  errors: { field: string; reason: Reason; message: string; params: Record<string, string | number> }[];
};

export const statusOf = (problem: Problem): number => STATUS_OF_REASON[problem.reason] ?? STATUS[problem.code] ?? 500;

/** Seconds until it is worth coming back; undefined when waiting changes nothing. */
export const retryAfterOf = (problem: Problem): number | undefined => {
  const asked = Number(problem.params['retryAfterSeconds']);
  if (asked > 0) return Math.ceil(asked);
  return problem.code === 'UNAVAILABLE' || problem.code === 'RESOURCE_EXHAUSTED' ? 1 : undefined;
};

type Reader = {
  language: Language;
  traceId: string;
  /** Request field that the body was: errors are named as the caller wrote them, without it. */
  bodyField?: string | undefined;
};

const withoutBody = (path: string, bodyField: string | undefined): string => {
  if (!bodyField || bodyField === '*') return path;
  return path === bodyField ? '' : path.startsWith(`${bodyField}.`) ? path.slice(bodyField.length + 1) : path;
};

const errorOf = (
  { field: path, reason, message, params = {} }: FieldError,
  { language, bodyField }: Reader,
): ProblemJson['errors'][number] => {
  const field = withoutBody(path, bodyField);
  const said = path && message.startsWith(path) ? `${field || 'The body'}${message.slice(path.length)}` : message;
  return { field, reason, message: fieldSentence(language, field, reason, params) ?? said, params };
};

/** A sentence for where the field does not stand beside it. */
const named = ({ field, message, params }: ProblemJson['errors'][number]): string => {
  const name = String(params['field'] ?? field);
  return message.includes(name) ? message : `${name}: ${message}`;
};

export const problemJson = (problem: Problem, reader: Reader): ProblemJson => {
  const { code, reason, params } = problem;
  const errors = problem.fields.map((field) => errorOf(field, reader));
  return {
    type: `urn:pelagic:problem:${reason}`,
    title: titleOf(reader.language, code),
    status: statusOf(problem),
    code,
    reason,
    detail:
      reason === 'INVALID_FIELDS' && errors.length
        ? errors.map(named).join(' ')
        : (problemSentence(reader.language, reason, params) ?? problem.message),
    params,
    traceId: reader.traceId,
    errors,
  };
};
