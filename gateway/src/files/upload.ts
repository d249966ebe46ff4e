import { once } from 'node:events';
import type { Readable } from 'node:stream';
import type { ClientWritableStream, ServiceError } from '@grpc/grpc-js';
import { callDeadline, callMetadata, channelTo } from '@pelagic/chassis/client';
import { invalid, Problem } from '@pelagic/chassis/problem';
import { fromServiceError } from '@pelagic/chassis/status';
import { contract } from '@pelagic/proto/contract';
import {
  FileServiceService,
  UploadFileResponse,
  type FileHead,
  type UploadFileRequest,
} from '@pelagic/proto/crm/capability/v1/file';
import { validate } from '@pelagic/proto/validate';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { tooLarge } from '../errors.ts';
import { UPLOAD_MAX } from '../limits.ts';
import { addressOf } from '../request.ts';
import { serve } from '../serve.ts';
import { watchCaller } from '../session/watch.ts';
import { refuseMissing } from '../upstreams.ts';
import type { FileParts } from './file-routes.ts';

const RPC = contract.rpcs.get('crm.capability.v1.FileService/UploadFile')!;
const CHUNK_MAX = 256 * 1_024;

type Incoming = { name: string; mediaType: string; bytes: Readable };
type Wanted = { service: string; purpose: unknown };

const nameHeader = (request: FastifyRequest): string => {
  const header = String(request.headers['x-file-name'] ?? '');
  try {
    const name = decodeURIComponent(header);
    if (name) return name;
  } catch {
    // Not percent-encoded: as if there were none.
  }
  throw new Problem(
    'INVALID_ARGUMENT',
    'FILE_NAME_MISSING',
    'Give the name of the file, percent-encoded, in the header x-file-name.',
  );
};

/** What the reader of forms throws has no status of its own, and is never our fault. */
const badForm = (cause: unknown): Problem =>
  cause instanceof Problem
    ? cause
    : new Problem('INVALID_ARGUMENT', 'FORM_MALFORMED', 'The form is broken or incomplete and cannot be read.', {
        cause,
      });

async function* readable(bytes: Readable): AsyncIterable<Buffer> {
  try {
    yield* bytes.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  } catch (error) {
    throw badForm(error);
  }
}

/** The first file of a form, or the body itself. */
const incoming = async (request: FastifyRequest): Promise<Incoming> => {
  if (request.isMultipart()) {
    const part = await request.file().catch((error: unknown) => {
      throw badForm(error);
    });
    if (!part) throw new Problem('INVALID_ARGUMENT', 'FILE_MISSING', 'There is no file in the request.');
    return { name: part.filename, mediaType: part.mimetype, bytes: part.file };
  }
  const bytes = request.body as Readable | undefined;
  if (!bytes) throw new Problem('INVALID_ARGUMENT', 'FILE_MISSING', 'There is no file in the request.');
  return { name: nameHeader(request), mediaType: request.headers['content-type'] ?? '', bytes };
};

const headOf = ({ service, purpose }: Wanted, { name, mediaType }: Incoming): FileHead => {
  // Some browsers send a whole path; only its last part is a name.
  const head = {
    service,
    name: name.replace(/^.*[/\\]/, '').toWellFormed(),
    mediaType,
    size: '0',
    purpose: (purpose ?? 'FILE_PURPOSE_UNSPECIFIED') as FileHead['purpose'],
  };
  const errors = validate('crm.capability.v1.FileHead', head);
  if (errors.length) throw invalid(...errors);
  return head;
};

type Call = ClientWritableStream<UploadFileRequest>;

/**
 * Hands the bytes on, no faster than the service takes them and no more than the limit. Leaves the rest unread when
 * `over` is: destroying a body would break the connection that the answer has to go through.
 */
const pass = async (bytes: Readable, call: Call, over: AbortSignal): Promise<void> => {
  let size = 0;
  for await (const piece of readable(bytes)) {
    size += piece.length;
    if (size > UPLOAD_MAX) throw tooLarge(UPLOAD_MAX);
    for (let at = 0; at < piece.length; at += CHUNK_MAX) {
      if (over.aborted) return;
      const value = piece.subarray(at, at + CHUNK_MAX);
      if (!call.write({ part: { $case: 'chunk', value } })) await once(call, 'drain', { signal: over });
    }
  }
  call.end();
};

const send = async (
  address: string,
  head: FileHead,
  bytes: Readable,
  watch: (out: () => void) => () => void,
): Promise<unknown> => {
  const { path, requestSerialize, responseDeserialize } = FileServiceService.uploadFile;
  const { promise: answer, resolve, reject } = Promise.withResolvers<UploadFileResponse>();
  const over = new AbortController();
  const call = channelTo(address).makeClientStreamRequest(
    path,
    requestSerialize,
    responseDeserialize,
    callMetadata(undefined),
    { deadline: callDeadline(RPC, undefined) },
    (error, value) => (error ? reject(fromServiceError(error as ServiceError)) : resolve(value!)),
  ) as Call;
  const unwatch = watch(() => call.cancel());
  call.write({ part: { $case: 'head', value: head } });
  const passed = pass(bytes, call, over.signal);
  try {
    // The service may say no before it has everything.
    await Promise.race([passed, answer]);
    return UploadFileResponse.toJSON(await answer);
  } finally {
    over.abort();
    call.cancel();
    unwatch();
    await passed.catch(() => {});
    bytes.resume();
  }
};

/** POST /v1/{service}/files?purpose=…: a form with one file, or the bare bytes with their name in x-file-name. */
export const upload = (
  { upstreams, authenticator }: FileParts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> =>
  serve(request, reply, async () => {
    const { service } = request.params as { service: string };
    if (Number(request.headers['content-length'] ?? 0) > UPLOAD_MAX + CHUNK_MAX) throw tooLarge(UPLOAD_MAX);
    const address = upstreams.addressOf(RPC, service);
    const { purpose } = request.query as { purpose?: unknown };
    const file = await incoming(request);
    const watch = (out: () => void) =>
      watchCaller(authenticator, request.credential!, request.signedIn!, addressOf(request), out);
    const sent = send(address, headOf({ service, purpose }, file), file.bytes, watch);
    return reply.send(await sent.catch(refuseMissing(RPC, service)));
  });
