import { Readable } from 'node:stream';
import type { ServiceError } from '@grpc/grpc-js';
import { callDeadline, callMetadata, channelTo } from '@pelagic/chassis/client';
import { invalid, Problem } from '@pelagic/chassis/problem';
import { fromServiceError } from '@pelagic/chassis/status';
import { contract } from '@pelagic/proto/contract';
import {
  RunStatementRequest,
  SqlServiceService,
  type RunStatementResponse,
  type SqlResultHead,
} from '@pelagic/proto/crm/analytics/v1/sql';
import { validate } from '@pelagic/proto/validate';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { unsupported } from '../errors.ts';
import { addressOf } from '../request.ts';
import { serve } from '../serve.ts';
import type { Authenticator } from '../session/authenticator.ts';
import { watchCaller } from '../session/watch.ts';
import type { Upstreams } from '../upstreams.ts';
import { sendException } from './sql-exception.ts';
import { sqlRequest } from './sql-request.ts';

const RPC = contract.rpcs.get('crm.analytics.v1.SqlService/RunStatement')!;
/** Bytes; longer statements are refused by their length, these unread. */
const BODY_MAX = 1_048_576;
const PATHS = ['/v1/analytics/sql', '/v1/analytics/sql/'];

type SqlParts = { upstreams: Upstreams; authenticator: Authenticator };
type Parts = AsyncIterator<RunStatementResponse>;

const checked = (request: FastifyRequest): RunStatementRequest => {
  const encoding = request.headers['content-encoding'];
  if (encoding && encoding !== 'identity') throw unsupported('identity');
  const asked = sqlRequest(
    request.query as Record<string, unknown>,
    typeof request.body === 'string' ? request.body : '',
  );
  const errors = validate(RPC.request, RunStatementRequest.toJSON(asked));
  if (errors.length) throw invalid(...errors);
  return asked;
};

const open = (address: string, asked: RunStatementRequest) => {
  const { path, requestSerialize, responseDeserialize } = SqlServiceService.runStatement;
  return channelTo(address).makeServerStreamRequest(
    path,
    requestSerialize,
    responseDeserialize,
    asked,
    callMetadata(undefined),
    {
      deadline: callDeadline(RPC, undefined),
    },
  );
};

/** Waits for the answer's head; what comes before says only that it goes on. */
const headOf = async (parts: Parts): Promise<SqlResultHead> => {
  try {
    for (let next = await parts.next(); !next.done; next = await parts.next())
      if (next.value.part?.$case === 'head') return next.value.part.value;
  } catch (error) {
    throw fromServiceError(error as ServiceError);
  }
  throw new Problem('INTERNAL', 'INTERNAL', 'The answer came without its head.');
};

async function* chunks(parts: Parts): AsyncGenerator<Buffer> {
  for (let next = await parts.next(); !next.done; next = await parts.next())
    if (next.value.part?.$case === 'chunk') yield next.value.part.value;
}

/** As ClickHouse writes it: numbers are texts. */
const summaryOf = (elapsedMs: number, rows: number): string =>
  JSON.stringify({ result_rows: String(rows), elapsed_ns: String(elapsedMs * 1_000_000) });

/** One statement. The query ends with the connection, and when its caller may no longer ask. */
const run = (
  { upstreams, authenticator }: SqlParts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> =>
  serve(request, reply, async () => {
    const call = open(upstreams.addressOf(RPC, ''), checked(request));
    const parts = call[Symbol.asyncIterator]() as Parts;
    const stopWatching = watchCaller(authenticator, request.credential!, request.signedIn!, addressOf(request), () =>
      call.cancel(),
    );
    reply.raw.once('close', () => {
      stopWatching();
      call.cancel();
    });
    const { queryId, format, mediaType, elapsedMs, rows } = await headOf(parts);
    return reply
      .header('x-clickhouse-query-id', queryId)
      .header('x-clickhouse-format', format)
      .header('x-clickhouse-timezone', 'UTC')
      .header('x-clickhouse-server-display-name', 'pelagic')
      .header('x-clickhouse-summary', summaryOf(elapsedMs, rows))
      .type(mediaType)
      .send(Readable.from(chunks(parts), { objectMode: false }));
  });

/** ClickHouse's HTTP interface, as much of it as reading needs: for scripts, notebooks and dashboards of others. */
export const sqlRoute = async (app: FastifyInstance, parts: SqlParts): Promise<void> => {
  // A statement is text, whatever a client calls it.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string', bodyLimit: BODY_MAX }, (_request, body, done) => done(null, body));
  app.setErrorHandler(sendException);
  const config = { audience: 'signedIn', clickhouse: true } as const;
  for (const path of PATHS) {
    app.post(path, { config, bodyLimit: BODY_MAX }, (request, reply) => run(parts, request, reply));
    app.get(path, { config, exposeHeadRoute: false }, (request, reply) => run(parts, request, reply));
  }
  app.get('/v1/analytics/sql/ping', { config: { audience: 'public' } }, (_request, reply) =>
    reply.type('text/plain; charset=UTF-8').send('Ok.\n'),
  );
};
