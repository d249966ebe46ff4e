import { status as grpcStatus, type ServiceError } from '@grpc/grpc-js';
import { fromServiceError } from '@pelagic/chassis/status';
import type { Rpc } from '@pelagic/proto/contract';
import { inChinese } from '@pelagic/proto/reason';
import { busyness } from '../mesh/person.ts';
import { ANSWER_MAX_MS, type Verdict } from './judge.ts';
import type { Who } from './tokens.ts';

export type Outcome = { error: ServiceError | undefined; ms: number };

type Call = {
  rpc: Rpc;
  path: string;
  who: Who;
  /** Certainly as the contract wants it. */
  right: boolean;
};

/** Codes that say that we have a bug, or that nobody thought of this. */
const NEVER = new Set([
  grpcStatus.UNKNOWN,
  grpcStatus.INTERNAL,
  grpcStatus.DATA_LOSS,
  grpcStatus.DEADLINE_EXCEEDED,
  grpcStatus.UNAVAILABLE,
]);

const RULES = new Set(['FAILED_PRECONDITION', 'ABORTED', 'ALREADY_EXISTS']);

/** Whether the library refused by itself, before the service heard of the call: a method or an encoding that it does not have. */
const unheard = ({ error }: Outcome): boolean => error?.code === grpcStatus.UNIMPLEMENTED;

const reasonErrors = (error: ServiceError): string[] => {
  const { code, reason, fields, message, params } = fromServiceError(error);
  const kind = `${code} ${reason}`;
  return [
    ...(error.metadata?.get('grpc-status-details-bin').length ? [] : [`${kind} gives no reason: ${error.details}`]),
    ...(inChinese(reason, params) === undefined ? [`${kind} is no reason that can be said: ${message}`] : []),
    ...(message.trim().includes(' ') ? [] : [`${kind} is no sentence: ${message}`]),
    // A statement's refusal says the place in the statement.
    ...(code === 'INVALID_ARGUMENT' && !fields.length && reason !== 'REQUEST_MALFORMED' && !reason.startsWith('SQL_')
      ? [`${kind} names no field: ${message}`]
      : []),
    ...fields.flatMap(({ field, reason: why, message: sentence }) => [
      ...(field ? [] : [`${kind} has an error without a field: ${sentence}`]),
      ...(why && sentence.includes(' ') ? [] : [`${kind} gives no reason for ${field}: ${why} ${sentence}`]),
    ]),
  ];
};

/** Everything but what is for services or for everybody is refused to a service that speaks for itself. */
const serviceErrors = ({ rpc, who, right }: Call, outcome: Outcome): string[] => {
  const { error } = outcome;
  if (who !== 'service' || ['internal', 'public'].includes(rpc.access.permission) || unheard(outcome)) return [];
  if (!error) return ["it was done for a service's own token"];
  const { code, reason } = fromServiceError(error);
  return !right || reason === 'NOT_FOR_SERVICES' ? [] : [`a service's own token is answered with ${code} ${reason}`];
};

/** Whether an answer to a call is one that the contract allows. */
export const judgeCall = (call: Call, outcome: Outcome): Verdict => {
  const { error, ms } = outcome;
  const wrong = ms > ANSWER_MAX_MS * busyness() ? [`it took ${Math.round(ms)} ms`] : [];
  wrong.push(...serviceErrors(call, outcome));
  if (!error) return { wrong, rule: true };
  const { code, reason } = fromServiceError(error);
  if (NEVER.has(error.code)) wrong.push(`${grpcStatus[error.code]} ${reason}: ${error.details}`);
  else if (!unheard(outcome)) wrong.push(...reasonErrors(error));
  return { wrong, rule: RULES.has(code) };
};
