import { isUtf8 } from 'node:buffer';
import { Problem } from '@pelagic/chassis/problem';
import type { FastifyInstance } from 'fastify';

/**
 * JSON is UTF-8 (RFC 8259). A body in GBK decoded as such would still parse, and every name in it would be lost.
 * Refuses with BODY_NOT_UTF8, and as Fastify does with what is no JSON.
 */
export const takeJson = (app: FastifyInstance): void => {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if (isUtf8(body)) return parse(request, body.toString(), done);
    done(new Problem('INVALID_ARGUMENT', 'BODY_NOT_UTF8', 'The body is not UTF-8 text, as JSON has to be.'));
  });
};
