import type { Reason } from '@pelagic/proto/reason';

/** The codes of gRPC that a Problem may have; https://grpc.io/docs/guides/status-codes/. */
export type Code =
  | 'CANCELLED'
  | 'INVALID_ARGUMENT'
  | 'DEADLINE_EXCEEDED'
  | 'NOT_FOUND'
  | 'ALREADY_EXISTS'
  | 'PERMISSION_DENIED'
  | 'RESOURCE_EXHAUSTED'
  | 'FAILED_PRECONDITION'
  | 'ABORTED'
  | 'UNIMPLEMENTED'
  | 'INTERNAL'
  | 'UNAVAILABLE'
  | 'UNAUTHENTICATED';

/** What is wrong with one field of a request. `field` is its JSON path: lead.phones[0]. `reason` is stable, `message` English. */
export type FieldError = { field: string; reason: Reason; message: string; params?: Record<string, string | number> };

type Details = { fields?: FieldError[]; params?: Record<string, string>; cause?: unknown };

/**
 * The one error class. `reason` is stable (callers branch on it, and it is said in Chinese by it), `message` is
 * an English sentence for people, `params` fill its translation. `cause` goes to the log and never leaves the process.
 */
export class Problem extends Error {
  readonly code: Code;
  readonly reason: Reason;
  readonly fields: FieldError[];
  readonly params: Record<string, string>;

  constructor(code: Code, reason: Reason, message: string, { fields = [], params = {}, cause }: Details = {}) {
    super(message, { cause });
    this.name = 'Problem';
    this.code = code;
    this.reason = reason;
    this.fields = fields;
    this.params = params;
  }

  /** May the same call succeed later without anybody changing it? */
  get passing(): boolean {
    return (
      this.code === 'UNAVAILABLE' ||
      this.code === 'DEADLINE_EXCEEDED' ||
      this.code === 'ABORTED' ||
      this.code === 'RESOURCE_EXHAUSTED'
    );
  }
}

export const invalid = (...fields: FieldError[]): Problem =>
  new Problem(
    'INVALID_ARGUMENT',
    'INVALID_FIELDS',
    fields.map(({ field, message }) => `${field}: ${message}`).join('; '),
    { fields },
  );

export const invalidField = (
  field: string,
  reason: Reason,
  message: string,
  params?: Record<string, string | number>,
): Problem => invalid({ field, reason, message, ...(params && { params }) });

/** Also for what exists but is not the caller's to see: the two must look alike. */
export const notFound = (noun: string): Problem =>
  new Problem('NOT_FOUND', 'NOT_FOUND', `There is no such ${noun.replaceAll('_', ' ')}, or it is not yours to see.`, {
    params: { noun },
  });

export const refused = (reason: Reason, message: string, details: Details = {}): Problem =>
  new Problem('FAILED_PRECONDITION', reason, message, details);

export const denied = (permission: string): Problem =>
  new Problem('PERMISSION_DENIED', 'PERMISSION_DENIED', `This needs the permission ${permission}.`, {
    params: { permission },
  });

export const stale = (noun: string, version: number): Problem =>
  new Problem(
    'ABORTED',
    'VERSION_STALE',
    `Somebody changed this ${noun.replaceAll('_', ' ')} meanwhile; it is at version ${version} now.`,
    {
      params: { noun, version: String(version) },
    },
  );

/** Anything thrown as a Problem: what is none becomes INTERNAL, with the original as its cause. */
export const asProblem = (error: unknown): Problem =>
  error instanceof Problem
    ? error
    : new Problem('INTERNAL', 'INTERNAL', 'Something went wrong on our side.', { cause: error });
