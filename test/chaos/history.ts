import type { Answer } from '../mesh/person.ts';

/** What became of a write, as far as whoever asked for it can know. */
export type Outcome = 'ok' | 'fail' | 'unknown';

/** One event that a write leaves behind when it was done, found by a value that no other write carries. */
export type Effect = {
  noun: string;
  /** `created` looks at first events, `changed` at those that changed the field, `set` at both, `told` at the reason of the event. */
  how: 'created' | 'changed' | 'set' | 'told';
  field: string;
  value: string;
  /** Where the same value goes to many records. */
  recordId?: string;
};

/** A write, from the question to the answer. Times are milliseconds since the beginning of the run. */
export type Op = {
  kind: string;
  writer: number;
  requestId: string;
  /** All of them or none. */
  effects: Effect[];
  /** Each of them by itself: the rows of an import are written in batches. */
  apart: boolean;
  invoked: number;
  ended: number;
  outcome: Outcome;
  status: number;
  reason: string;
  /** As answered. */
  recordId?: string;
  version?: number;
};

export type History = {
  ops: Op[];
  now: () => number;
};

export const beginHistory = (): History => {
  const began = performance.now();
  return { ops: [], now: () => Math.round(performance.now() - began) };
};

/** Longer than the gateway waits for a service. */
const PATIENCE_MS = 18_000;

/**
 * Only a refusal is a failure. Who heard nothing, was told that a service is away, or that time ran out, does not know:
 * counted as failures, these would hide what was done all the same.
 */
export const outcomeOf = (status: number): Outcome => {
  if (status >= 200 && status < 300) return 'ok';
  return status >= 400 && status < 500 && status !== 408 && status !== 499 ? 'fail' : 'unknown';
};

const NO_ANSWER = { status: 0, body: { reason: 'NO_ANSWER' } };

/** Undefined fields of an answer that did not come. */
export const answered = async (asking: Promise<Answer>): Promise<Pick<Answer, 'status' | 'body'>> => {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<typeof NO_ANSWER>((resolve) => {
    timer = setTimeout(() => resolve(NO_ANSWER), PATIENCE_MS);
  });
  try {
    return await Promise.race([asking.catch(() => NO_ANSWER), patience]);
  } finally {
    clearTimeout(timer);
  }
};

type Write = Pick<Op, 'kind' | 'writer' | 'requestId' | 'effects'> & { apart?: boolean };

/** Asks for the write and writes down what came of it; a repetition with the same request id is the same write. */
export const attempt = async (
  history: History,
  write: Write,
  ask: () => Promise<Answer>,
): Promise<{ op: Op; body: any }> => {
  const op: Op = {
    apart: false,
    ...write,
    invoked: history.now(),
    ended: -1,
    outcome: 'unknown',
    status: 0,
    reason: '',
  };
  history.ops.push(op);
  const body = await settle(history, op, ask);
  return { op, body };
};

/** Asks (again) and notes the answer. What a repetition is refused for says nothing of the first time. */
export const settle = async (history: History, op: Op, ask: () => Promise<Answer>): Promise<any> => {
  const again = op.ended >= 0;
  const { status, body } = await answered(ask());
  const outcome = outcomeOf(status);
  op.ended = history.now();
  op.status = status;
  op.reason = body?.reason ?? '';
  op.outcome = again && outcome === 'fail' ? 'unknown' : outcome;
  if (op.outcome === 'ok' && typeof body?.id === 'string') op.recordId = body.id;
  if (op.outcome === 'ok' && typeof body?.version === 'number') op.version = body.version;
  return body;
};

/** Writes by kind and outcome. */
export const outcomes = (ops: Op[]): Record<string, Record<Outcome, number>> => {
  const table: Record<string, Record<Outcome, number>> = {};
  for (const { kind, outcome } of ops) (table[kind] ??= { ok: 0, fail: 0, unknown: 0 })[outcome] += 1;
  return table;
};
