import { Readable } from 'node:stream';
import type { ClientReadableStream, MethodDefinition, ServiceError } from '@grpc/grpc-js';
import { callDeadline, callMetadata, channelTo } from '@pelagic/chassis/client';
import { invalid, Problem } from '@pelagic/chassis/problem';
import { fromServiceError } from '@pelagic/chassis/status';
import { contract, messageType, type Rpc } from '@pelagic/proto/contract';
import type { DownloadFileResponse, FileHead } from '@pelagic/proto/crm/capability/v1/file';
import { registry } from '@pelagic/proto/registry';
import { services } from '@pelagic/proto/services';
import { validate } from '@pelagic/proto/validate';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { addressOf } from '../request.ts';
import { serve } from '../serve.ts';
import { watchCaller } from '../session/watch.ts';
import { refuseMissing } from '../upstreams.ts';
import type { FileParts } from './file-routes.ts';

const RPC = contract.rpcs.get('crm.capability.v1.FileService/DownloadFile')!;
const MEDIA_TYPE = /^[\w.+-]+\/[\w.+-]+(?:; ?charset=[\w-]+)?$/;

/** RFC 6266: a name in ASCII for the old, the true one (RFC 8187) for all others. Always to be saved, never to be shown. */
export const contentDisposition = (name: string): string => {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const exact = encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${exact}`;
};

/** An rpc that answers with a file: its head, then its bytes. */
export const streamsFile = ({ serverStreaming, response }: Rpc): boolean =>
  serverStreaming === true && messageType(response).fields.some(({ type }) => type === 'crm.capability.v1.FileHead');

type Call = ClientReadableStream<DownloadFileResponse>;
type Parts = AsyncIterator<DownloadFileResponse>;

const open = (address: string, rpc: Rpc, request: object): Call => {
  const methods = services.get(rpc.service) as unknown as Record<
    string,
    MethodDefinition<object, DownloadFileResponse>
  >;
  const { path, requestSerialize, responseDeserialize } =
    methods[rpc.method.charAt(0).toLowerCase() + rpc.method.slice(1)]!;
  return channelTo(address).makeServerStreamRequest(
    path,
    requestSerialize,
    responseDeserialize,
    request,
    callMetadata(undefined),
    { deadline: callDeadline(rpc, undefined) },
  );
};

const headOf = async (parts: Parts): Promise<FileHead> => {
  try {
    const { value } = await parts.next();
    if (value?.part?.$case === 'head') return value.part.value;
  } catch (error) {
    throw fromServiceError(error as ServiceError);
  }
  throw new Problem('INTERNAL', 'INTERNAL', 'The file came without its name.');
};

async function* chunks(parts: Parts): AsyncGenerator<Buffer> {
  for (let next = await parts.next(); !next.done; next = await parts.next())
    if (next.value.part?.$case === 'chunk') yield next.value.part.value;
}

/** Answers with the file that an rpc streams. Its bytes stop when the person who is signed in may no longer have them. */
export const sendFile = async (
  { upstreams, authenticator }: FileParts,
  { rpc, asked }: { rpc: Rpc; asked: Record<string, unknown> },
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> => {
  const service = String(asked['service'] ?? '');
  const call = open(upstreams.addressOf(rpc, service), rpc, registry.get(rpc.request)!.fromJSON(asked) as object);
  const parts = call[Symbol.asyncIterator]() as Parts;
  const { name, mediaType, size } = await headOf(parts).catch(refuseMissing(rpc, service));
  const body = Readable.from(chunks(parts), { objectMode: false });
  const out = () => body.destroy(new Error('the caller is out'));
  const { credential, signedIn } = request;
  const stopWatching = signedIn
    ? watchCaller(authenticator, credential!, signedIn, addressOf(request), out)
    : undefined;
  body.once('close', () => {
    stopWatching?.();
    call.cancel();
  });
  if (Number(size) > 0) void reply.header('content-length', size);
  return reply
    .header('content-disposition', contentDisposition(name))
    .type(MEDIA_TYPE.test(mediaType) ? mediaType : 'application/octet-stream')
    .send(body);
};

/** GET /v1/{service}/files/{id}: the bytes of a file. */
export const download = (parts: FileParts, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> =>
  serve(request, reply, async () => {
    const { service, id } = request.params as { service: string; id: string };
    const errors = validate(RPC.request, { service, id });
    if (errors.length) throw invalid(...errors);
    return sendFile(parts, { rpc: RPC, asked: { service, id } }, request, reply);
  });
