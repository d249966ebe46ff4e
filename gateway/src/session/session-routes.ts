import { invalid, Problem, type FieldError } from '@pelagic/chassis/problem';
import { contract } from '@pelagic/proto/contract';
import { validate } from '@pelagic/proto/validate';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Rates } from '../rates.ts';
import { addressOf } from '../request.ts';
import { serve } from '../serve.ts';
import type { Upstreams } from '../upstreams.ts';
import type { Authenticator } from './authenticator.ts';
import type { SessionCookie } from './cookie.ts';

const SIGN_IN = contract.rpcs.get('crm.identity.v1.SessionService/SignIn')!;
const SIGN_OUT = contract.rpcs.get('crm.identity.v1.SessionService/SignOut')!;
/** What the gateway knows better than whoever signs in. */
const OURS = ['remoteAddress', 'userAgent'];
const USER_AGENT_MAX = 500;

type Parts = { upstreams: Upstreams; authenticator: Authenticator; rates: Rates; cookie: SessionCookie };

const signInRequest = (request: FastifyRequest): Record<string, unknown> => {
  const { body } = request;
  const errors = validate(SIGN_IN.request, body ?? {});
  const ours = OURS.filter((field) => Object.hasOwn(Object(body), field));
  if (errors.length || ours.length)
    throw invalid(
      ...errors,
      ...ours.map((field): FieldError => ({ field, reason: 'UNKNOWN_FIELD', message: `There is no field ${field}.` })),
    );
  const userAgent = (request.headers['user-agent'] ?? '').slice(0, USER_AGENT_MAX).toWellFormed();
  return { ...(body as object), remoteAddress: addressOf(request), userAgent };
};

/** The session as a cookie: the only two rpcs whose answer is not simply handed on. */
export const sessionRoutes = (app: FastifyInstance, { upstreams, authenticator, rates, cookie }: Parts): void => {
  app.post('/v1/session', { config: { audience: 'public' } }, async (request, reply) => {
    await rates.signIn(request);
    const { sessionToken, ...answer } = await serve(request, reply, () =>
      upstreams.call(SIGN_IN, signInRequest(request)),
    );
    cookie.set(reply, String(sessionToken), new Date(String(answer['expireTime'])));
    return answer;
  });

  // The cookie stays when identity could not be told: the session would live on without anybody knowing.
  app.delete('/v1/session', { config: { audience: 'inPerson' } }, async (request, reply) => {
    try {
      await serve(request, reply, () => upstreams.call(SIGN_OUT, {}));
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'UNAUTHENTICATED') throw error;
    } finally {
      if (request.credential) authenticator.forget(request.credential);
    }
    cookie.clear(reply);
    return reply.code(204).send();
  });
};
