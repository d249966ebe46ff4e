/** One broken field of a request. */
export interface FieldProblem {
  /** `lead.phones[0]`, `custom.tier`. */
  field: string;
  /** Stable name of the rule: REQUIRED, TOO_LONG … */
  reason: string;
  /** English sentence for people. */
  message: string;
  params: Record<string, string>;
}

interface ProblemBody {
  status: number;
  /** gRPC name of the code: INVALID_ARGUMENT, ABORTED, NOT_FOUND … */
  code: string;
  reason: string;
  detail: string;
  traceId: string;
  fields: FieldProblem[];
}

/** What a service, the gateway or the network answered instead of what was asked for (RFC 9457). */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly reason: string;
  readonly detail: string;
  readonly traceId: string;
  readonly fields: FieldProblem[];

  constructor(body: ProblemBody) {
    super(body.detail || body.reason || body.code);
    this.name = 'Problem';
    this.status = body.status;
    this.code = body.code;
    this.reason = body.reason;
    this.detail = body.detail;
    this.traceId = body.traceId;
    this.fields = body.fields;
  }

  /** Somebody else saved first. */
  get isConflict(): boolean {
    return this.code === 'ABORTED';
  }

  /** The same with some of its fields: those that nothing else speaks of. */
  about(fields: FieldProblem[]): Problem {
    const { status, code, reason, detail, traceId } = this;
    return new Problem({ status, code, reason, detail, traceId, fields });
  }

  /** What is wrong by field, without the name of the body: `lead.phones[0]` → `phones`. `keys` may be paths: `opportunity.amount`. */
  fieldProblems(body: string, keys: string[] = []): Map<string, FieldProblem> {
    const byField = new Map<string, FieldProblem>();
    for (const problem of this.fields) {
      const path = problem.field.startsWith(`${body}.`) ? problem.field.slice(body.length + 1) : problem.field;
      const key = keys.find((one) => path === one || path.startsWith(`${one}.`) || path.startsWith(`${one}[`));
      const name = key ?? (path.startsWith('custom.') ? path : path.replace(/[.[].*$/, ''));
      if (!byField.has(name)) byField.set(name, problem);
    }
    return byField;
  }
}

const NOT_REACHED: ProblemBody = {
  status: 0,
  code: 'UNAVAILABLE',
  reason: 'NOT_REACHED',
  detail: '',
  traceId: '',
  fields: [],
};

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function fieldProblem(value: unknown): FieldProblem {
  const { field, reason, message, params } = (value ?? {}) as Record<string, unknown>;
  const named = Object.entries((params ?? {}) as Record<string, unknown>).map(
    ([name, param]) => [name, String(param)] as const,
  );
  return { field: text(field), reason: text(reason), message: text(message), params: Object.fromEntries(named) };
}

/** As clients of ClickHouse are told it: the sentence stands between number and name. */
const EXCEPTION = /^Code: \d+\. DB::Exception: ([^]*) \([A-Z_]+\) \[([A-Z_0-9]+)\]\s*$/;

/** What a statement was refused for: text, where everything else is problem+json. */
async function refusalOf(response: Response): Promise<Record<string, unknown>> {
  const [, detail, reason] = EXCEPTION.exec(await response.text()) ?? [];
  return { detail, reason };
}

/** An answer that is not 2xx; one that is no problem+json (a proxy's page) keeps its status only. */
export async function problemOf(response: Response): Promise<Problem> {
  const body = response.headers.get('content-type')?.includes('json')
    ? ((await response.json().catch(() => ({}))) as Record<string, unknown>)
    : response.headers.has('x-pelagic-reason')
      ? await refusalOf(response)
      : {};
  return new Problem({
    status: response.status,
    code: text(body['code']) || (response.status >= 500 ? 'UNAVAILABLE' : 'UNKNOWN'),
    reason: text(body['reason']),
    detail: text(body['detail']) || text(body['title']),
    traceId: text(body['traceId']),
    fields: Array.isArray(body['errors']) ? body['errors'].map(fieldProblem) : [],
  });
}

/** Anything thrown, as a problem. A fetch that did not reach the server throws a TypeError. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof TypeError && /fetch|network|load failed/i.test(error.message)) return new Problem(NOT_REACHED);
  const detail = error instanceof Error ? error.message : String(error);
  return new Problem({ status: 0, code: 'INTERNAL', reason: 'IN_THE_BROWSER', detail, traceId: '', fields: [] });
}
