import { contract, type Binding, type Rpc } from '@pelagic/proto/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendFile, streamsFile } from '../files/download.ts';
import type { Live } from '../live/live.ts';
import { recordsIn } from '../live/records-in.ts';
import { serve } from '../serve.ts';
import type { Authenticator } from '../session/authenticator.ts';
import type { Upstreams } from '../upstreams.ts';
import { routeUrl } from './route-url.ts';
import { rpcRequest } from './rpc-request.ts';

type Parts = { upstreams: Upstreams; authenticator: Authenticator; live: Live };

/** Every rpc with an address in HTTP, by the contract alone. */
export const routed: { rpc: Rpc; binding: Binding }[] = [...contract.rpcs.values()].flatMap((rpc) =>
  rpc.clientStreaming || (rpc.serverStreaming && !streamsFile(rpc))
    ? []
    : rpc.bindings.map((binding) => ({ rpc, binding })),
);

const textHeader = (request: FastifyRequest, name: string): string | undefined => {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
};

const isOfOneself = ({ access }: Rpc): boolean => access.permission === 'in_person' && !access.idempotent;

const handler =
  ({ upstreams, authenticator, live }: Parts, rpc: Rpc, binding: Binding) =>
  (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> =>
    serve(request, reply, async () => {
      const asked = rpcRequest(rpc, binding, {
        params: request.params as Record<string, string>,
        query: request.query as Record<string, string | string[]>,
        body: request.body,
        idempotencyKey: request.method === 'POST' ? textHeader(request, 'idempotency-key') : undefined,
      });
      if (streamsFile(rpc)) return sendFile({ upstreams, authenticator }, { rpc, asked }, request, reply);
      const answer = await upstreams.call(rpc, asked);
      // What somebody changed of themselves, as the language they are told things in, holds with their next request.
      if (request.credential && isOfOneself(rpc)) authenticator.forget(request.credential);
      if (request.signedIn) live.saw(request.signedIn.key, recordsIn(rpc.response, answer));
      const body = binding.responseBody ? (answer[binding.responseBody] ?? null) : answer;
      return reply.type('application/json; charset=utf-8').send(JSON.stringify(body));
    });

const AUDIENCES: Record<string, 'public' | 'inPerson'> = { public: 'public', in_person: 'inPerson' };

export const rpcRoutes = (app: FastifyInstance, parts: Parts): void => {
  for (const { rpc, binding } of routed) {
    app.route({
      method: binding.method,
      url: routeUrl(binding),
      config: {
        audience: AUDIENCES[rpc.access.permission] ?? 'signedIn',
        ...(binding.body && { bodyField: binding.body }),
      },
      handler: handler(parts, rpc, binding),
    });
  }
};
