import type { FastifyInstance } from 'fastify';
import { addressOf } from '../request.ts';
import type { Live } from './live.ts';

/** GET /v1/live: text/event-stream of `{noun, id, version}` and `{noun, id, gone}`, and `event: resync` after a gap. */
export const liveRoute = (app: FastifyInstance, live: Live): void => {
  app.get('/v1/live', { config: { audience: 'inPerson' }, exposeHeadRoute: false }, async (request, reply) => {
    live.listen({ credential: request.credential!, signedIn: request.signedIn!, address: addressOf(request) }, reply);
  });
};
