import multipart from '@fastify/multipart';
import type { FastifyInstance } from 'fastify';
import { UPLOAD_MAX } from '../limits.ts';
import type { Authenticator } from '../session/authenticator.ts';
import type { Upstreams } from '../upstreams.ts';
import { download } from './download.ts';
import { upload } from './upload.ts';

export type FileParts = { upstreams: Upstreams; authenticator: Authenticator };

/** The bytes of files, in and out, for every service that has a file store. */
export const fileRoutes = async (app: FastifyInstance, parts: FileParts): Promise<void> => {
  // Bodies here are passed on as they come, whatever their type.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
  await app.register(multipart, {
    throwFileSizeLimit: false,
    limits: { files: 1, fields: 10, parts: 11, fieldSize: 1_024, fileSize: UPLOAD_MAX + 1 },
  });
  app.post(
    '/v1/:service/files',
    { config: { audience: 'signedIn' }, bodyLimit: UPLOAD_MAX + 1_048_576 },
    (request, reply) => upload(parts, request, reply),
  );
  app.get('/v1/:service/files/:id', { config: { audience: 'signedIn' }, exposeHeadRoute: false }, (request, reply) =>
    download(parts, request, reply),
  );
};
