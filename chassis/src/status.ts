import { Metadata, status as grpcStatus, type ServiceError, type StatusObject } from '@grpc/grpc-js';
import { BadRequest, ErrorInfo } from '@pelagic/proto/google/rpc/error_details';
import { Status } from '@pelagic/proto/google/rpc/status';
import type { Reason } from '@pelagic/proto/reason';
import { Problem, type Code, type FieldError } from './problem.ts';
import { beginningOf } from './text.ts';

const TYPE = 'type.googleapis.com/google.rpc.';
const DETAILS = 'grpc-status-details-bin';

/** Trailers hold so many bytes of details: more, and the connection ends with an error of its own for everybody on it. */
const DETAILS_MAX = 4_000;
/** Characters of the message, each up to nine bytes there. */
const MESSAGE_MAX = 400;

/** The first field errors that there is room for, at least one. */
const fitting = (fields: FieldError[]): FieldError[] => {
  let room = DETAILS_MAX;
  return fields.filter((field, at) => (room -= Buffer.byteLength(JSON.stringify(field))) > 0 || at === 0);
};

/** A Problem as gRPC carries it: google.rpc.Status with ErrorInfo and BadRequest. */
export const toStatus = (problem: Problem): StatusObject => {
  const code = grpcStatus[problem.code];
  const message = beginningOf(problem.message, MESSAGE_MAX);
  const details = [
    {
      typeUrl: `${TYPE}ErrorInfo`,
      value: Buffer.from(
        ErrorInfo.encode({ reason: problem.reason, domain: 'pelagic', metadata: problem.params }).finish(),
      ),
    },
    {
      typeUrl: `${TYPE}BadRequest`,
      value: Buffer.from(
        BadRequest.encode({
          fieldViolations: fitting(problem.fields).map(({ field, reason, message, params }) => ({
            field,
            reason,
            description: message,
            localizedMessage: params && { locale: 'params', message: JSON.stringify(params) },
          })),
        }).finish(),
      ),
    },
  ].slice(0, problem.fields.length ? 2 : 1);
  const metadata = new Metadata();
  metadata.set(DETAILS, Buffer.from(Status.encode({ code, message, details }).finish()));
  return { code, details: message, metadata };
};

const fieldErrors = (value: Uint8Array): FieldError[] =>
  BadRequest.decode(value).fieldViolations.map(({ field, reason, description, localizedMessage }) => ({
    field,
    reason: reason as Reason,
    message: description,
    ...(localizedMessage && { params: JSON.parse(localizedMessage.message) as Record<string, string> }),
  }));

/** The Problem that a failed call carries; errors of the connection become UNAVAILABLE and the like. */
export const fromServiceError = (error: ServiceError): Problem => {
  const code = (grpcStatus[error.code] ?? 'INTERNAL') as Code;
  const packed = error.metadata?.get(DETAILS)[0];
  if (!Buffer.isBuffer(packed)) return new Problem(code, code, error.details || error.message, { cause: error });
  const { details, message } = Status.decode(packed);
  const info = details.find(({ typeUrl }) => typeUrl === `${TYPE}ErrorInfo`);
  const bad = details.find(({ typeUrl }) => typeUrl === `${TYPE}BadRequest`);
  const { reason, metadata } = info ? ErrorInfo.decode(info.value) : { reason: code, metadata: {} };
  return new Problem(code, reason as Reason, message, {
    params: metadata,
    fields: bad ? fieldErrors(bad.value) : [],
    cause: error,
  });
};
