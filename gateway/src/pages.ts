import type { IncomingHttpHeaders } from 'node:http';
import proxy from '@fastify/http-proxy';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isEmbeddable } from './headers.ts';
import { addressOf } from './request.ts';

const ANSWER_TIMEOUT_MS = 30_000;
const CONNECTIONS_MAX = 64;
/** Of SvelteKit itself; no other x- header of a caller means anything to the web process. */
const KEPT = /^x-sveltekit-/;

type Page = FastifyRequest & { raw: { headers: IncomingHttpHeaders } };

/** Whoever asks cannot tell the web process who or where they are: we do. */
const pageHeaders = (request: FastifyRequest, headers: IncomingHttpHeaders): IncomingHttpHeaders => ({
  ...Object.fromEntries(
    Object.entries(headers).filter(([name]) => name !== 'forwarded' && (!name.startsWith('x-') || KEPT.test(name))),
  ),
  'x-forwarded-for': addressOf(request),
  'x-forwarded-host': request.host,
  'x-forwarded-proto': request.protocol,
});

/** The page's own policy, but for who may show it within theirs. */
const embeddable = (headers: IncomingHttpHeaders): IncomingHttpHeaders => ({
  ...headers,
  ...(headers['content-security-policy'] && {
    'content-security-policy': String(headers['content-security-policy']).replace(
      "frame-ancestors 'none'",
      'frame-ancestors *',
    ),
  }),
});

/** Everything outside of /v1 comes from the web process, streamed, with that process's own content security policy. */
export const pages = async (app: FastifyInstance, webAddress: string): Promise<void> => {
  await app.register(proxy, {
    upstream: `http://${webAddress}`,
    undici: { connections: CONNECTIONS_MAX, headersTimeout: ANSWER_TIMEOUT_MS, bodyTimeout: ANSWER_TIMEOUT_MS },
    disableRequestLogging: true,
    replyOptions: {
      rewriteRequestHeaders: (request, headers) => pageHeaders(request as Page, headers),
      rewriteHeaders: (headers, request) =>
        request && isEmbeddable(request.url ?? '') ? embeddable(headers) : headers,
    },
  });
};
