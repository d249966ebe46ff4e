import { readFileSync } from 'node:fs';
import cookie from '@fastify/cookie';
import underPressure from '@fastify/under-pressure';
import type { Log } from '@pelagic/chassis/log';
import { Problem } from '@pelagic/chassis/problem';
import Fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { Histogram } from 'prom-client';
import type { GatewayConfig } from './config.ts';
import { refuseOnSocket, sendProblem } from './errors.ts';
import { fileRoutes } from './files/file-routes.ts';
import { guard } from './guard.ts';
import { DATA_HEADERS, isEmbeddable, securityHeaders } from './headers.ts';
import {
  EVENT_LOOP_DELAY_MAX_MS,
  EVENT_LOOP_SAMPLE_MS,
  HEADERS_MAX,
  HEADERS_SIZE_MAX,
  HEADERS_TIMEOUT_MS,
  JSON_BODY_MAX,
  KEEP_ALIVE_MS,
  PATH_PART_MAX,
  REQUEST_TIMEOUT_MS,
} from './limits.ts';
import { takeJson } from './json-body.ts';
import { liveRoute } from './live/live-route.ts';
import type { Live } from './live/live.ts';
import { pages } from './pages.ts';
import { openRates } from './rates.ts';
import { noRoutes } from './routes/no-route.ts';
import { rpcRoutes } from './routes/rpc-routes.ts';
import { traceIdOf } from './serve.ts';
import type { Authenticator } from './session/authenticator.ts';
import { sessionCookie } from './session/cookie.ts';
import { sessionRoutes } from './session/session-routes.ts';
import { sqlRoute } from './sql/sql-route.ts';
import type { Upstreams } from './upstreams.ts';

export type GatewayParts = {
  config: GatewayConfig;
  log: Log;
  upstreams: Upstreams;
  authenticator: Authenticator;
  live: Live;
};

const OPENAPI = new URL('../../docs/openapi.json', import.meta.url);

const duration = new Histogram({
  name: 'http_request_duration_seconds',
  help: 'Time to answer an HTTP request, event streams left out',
  labelNames: ['method', 'route', 'status'],
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
});

/** What is refused before it has a route passes no hooks. */
const refuseUnrouted = (
  error: Error,
  request: FastifyRequest,
  reply: FastifyReply,
  headers: Record<string, string>,
): void => {
  request.traceId = traceIdOf(request);
  void sendProblem(error, request, reply.headers({ ...headers, ...DATA_HEADERS, 'x-trace-id': request.traceId }));
};

const newServer = ({ config, log }: GatewayParts, headers: Record<string, string>): FastifyInstance => {
  const proxies = config.TRUSTED_PROXIES.split(',')
    .map((each) => each.trim())
    .filter(Boolean);
  const app = Fastify({
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: proxies.length ? proxies : false,
    bodyLimit: JSON_BODY_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    http: { maxHeaderSize: HEADERS_SIZE_MAX, headersTimeout: HEADERS_TIMEOUT_MS },
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: PATH_PART_MAX },
    clientErrorHandler: refuseOnSocket,
    frameworkErrors: (error, request, reply) => refuseUnrouted(error, request, reply, headers),
  });
  app.server.maxHeadersCount = HEADERS_MAX;
  return app;
};

/** On every request: its trace, its headers, its line in the log. */
const observe = (app: FastifyInstance, headers: Record<string, string>): void => {
  app.decorateRequest('traceId', '').decorateRequest('credential', null).decorateRequest('signedIn', null);
  app.addHook('onRequest', async (request, reply) => {
    request.traceId = traceIdOf(request);
    void reply.headers(headers).header('x-trace-id', request.traceId);
    if (isEmbeddable(request.url)) reply.removeHeader('x-frame-options');
  });
  app.addHook('onResponse', async (request, reply) => {
    const { method, traceId, routeOptions } = request;
    const route = routeOptions.url ?? '';
    const ms = reply.elapsedTime;
    if (route !== '/v1/live') duration.observe({ method, route, status: reply.statusCode }, ms / 1_000);
    request.log.debug({ method, route, status: reply.statusCode, ms: Math.round(ms), traceId }, 'request');
  });
  app.setErrorHandler(sendProblem);
  app.setNotFoundHandler(() => {
    throw new Problem('NOT_FOUND', 'NO_SUCH_PATH', 'There is nothing at this address.');
  });
};

/** The public face, ready to listen. */
export const buildGateway = async (parts: GatewayParts): Promise<FastifyInstance> => {
  const { config, upstreams, authenticator, live } = parts;
  const publicUrl = new URL(config.PUBLIC_URL);
  const https = publicUrl.protocol === 'https:';
  const headers = securityHeaders(https);
  const app = newServer(parts, headers);
  observe(app, headers);
  await app.register(underPressure, {
    maxEventLoopDelay: EVENT_LOOP_DELAY_MAX_MS,
    sampleInterval: EVENT_LOOP_SAMPLE_MS,
  });
  await app.register(cookie);
  const rates = await openRates(app, config);
  const session = sessionCookie(publicUrl);
  const openapi = readFileSync(OPENAPI, 'utf8');

  await app.register(async (api) => {
    api.removeContentTypeParser('text/plain');
    takeJson(api);
    api.addHook('onRequest', async (_request, reply) => void reply.headers(DATA_HEADERS));
    api.addHook('onRequest', guard({ authenticator, rates, cookie: session, publicOrigin: publicUrl.origin }));
    rpcRoutes(api, { upstreams, authenticator, live });
    sessionRoutes(api, { upstreams, authenticator, rates, cookie: session });
    liveRoute(api, live);
    api.get('/v1/openapi.json', { config: { audience: 'public' } }, (_request, reply) =>
      reply.type('application/json; charset=utf-8').send(openapi),
    );
    await api.register((files) => fileRoutes(files, { upstreams, authenticator }));
    await api.register((sql) => sqlRoute(sql, { upstreams, authenticator }));
    noRoutes(api);
  });
  if (config.WEB_ADDRESS) await pages(app, config.WEB_ADDRESS);
  return app;
};
