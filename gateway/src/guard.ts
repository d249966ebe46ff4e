import { Problem } from '@pelagic/chassis/problem';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Rates } from './rates.ts';
import { addressOf } from './request.ts';
import type { Authenticator } from './session/authenticator.ts';
import type { SessionCookie } from './session/cookie.ts';
import { clickhouseAuthorization, credentialOf, type Credential } from './session/credential.ts';
import { refuseCrossSite } from './session/cross-site.ts';

type Guard = { authenticator: Authenticator; rates: Rates; cookie: SessionCookie; publicOrigin: string };

const signInFirst = (): Problem => new Problem('UNAUTHENTICATED', 'SIGN_IN_REQUIRED', 'Sign in first.');

const notInPerson = (): Problem =>
  new Problem('PERMISSION_DENIED', 'NOT_A_PERSON', 'Only the person may do this, signed in and not with a key.');

const identified = async (
  { authenticator, rates, cookie }: Guard,
  credential: Credential,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> => {
  if (!authenticator.knows(credential, addressOf(request))) await rates.mayTry(request);
  try {
    request.signedIn = await authenticator.authenticate(credential, addressOf(request));
  } catch (error) {
    if (error instanceof Problem && error.code === 'UNAUTHENTICATED') {
      await rates.failed(request);
      if (credential.kind === 'session') cookie.clear(reply);
    }
    throw error;
  }
};

/** Who comes in: before the body of a request is read, everything that does not need it is settled. */
export const guard =
  (parts: Guard) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const { headers } = request;
    const { audience = 'public', clickhouse } = request.routeOptions.config;
    const authorization = clickhouse ? clickhouseAuthorization(headers) : headers.authorization;
    if (!authorization) refuseCrossSite(request.method, headers, parts.publicOrigin);
    if (audience === 'public') return parts.rates.stranger(request);
    const credential = credentialOf(authorization, parts.cookie.read(request));
    if (!credential) {
      await parts.rates.stranger(request);
      throw signInFirst();
    }
    request.credential = credential;
    await identified(parts, credential, request, reply);
    if (audience === 'inPerson' && credential.kind === 'apiKey') throw notInPerson();
    await parts.rates.caller(request);
  };
