import { Readable } from 'node:stream';
import type { ClientReadableStream, ServiceError } from '@grpc/grpc-js';
import { callDeadline, callMetadata, channelTo } from '@pelagic/chassis/client';
import { invalid, Problem } from '@pelagic/chassis/problem';
import { fromServiceError } from '@pelagic/chassis/status';
import { contract } from '@pelagic/proto/contract';
import { FileServiceService, type DownloadFileResponse, type FileHead } from '@pelagic/proto/crm/capability/v1/file';
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

type Call = ClientReadableStream<DownloadFileResponse>;
type Parts = AsyncIterator<DownloadFileResponse>;

const open = (address: string, service: string, id: string): Call => {
  const { path, requestSerialize, responseDeserialize } = FileServiceService.downloadFile;
  return channelTo(address).makeServerStreamRequest(
    path,
    requestSerialize,
    responseDeserialize,
    { service, id },
    callMetadata(undefined),
    { deadline: callDeadline(RPC, undefined) },
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

/** GET /v1/{service}/files/{id}: the bytes of a file. They stop when the person may no longer have them. */
export const download = (
  { upstreams, authenticator }: FileParts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> =>
  serve(request, reply, async () => {
    const { service, id } = request.params as { service: string; id: string };
    const errors = validate(RPC.request, { service, id });
    if (errors.length) throw invalid(...errors);
    const call = open(upstreams.addressOf(RPC, service), service, id);
    const parts = call[Symbol.asyncIterator]() as Parts;
    const { name, mediaType, size } = await headOf(parts).catch(refuseMissing(RPC, service));
    const body = Readable.from(chunks(parts), { objectMode: false });
    const stopWatching = watchCaller(authenticator, request.credential!, request.signedIn!, addressOf(request), () =>
      body.destroy(new Error('the caller is out')),
    );
    body.once('close', () => {
      stopWatching();
      call.cancel();
    });
    if (Number(size) > 0) void reply.header('content-length', size);
    return reply
      .header('content-disposition', contentDisposition(name))
      .type(MEDIA_TYPE.test(mediaType) ? mediaType : 'application/octet-stream')
      .send(body);
  });
