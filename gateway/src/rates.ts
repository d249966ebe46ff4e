import rateLimit, { normalizeIP } from '@fastify/rate-limit';
import { Problem } from '@pelagic/chassis/problem';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { GatewayConfig } from './config.ts';

const MINUTE_MS = 60_000;

/** Counts one request; throws RESOURCE_EXHAUSTED above the limit. */
export type Charge = (request: FastifyRequest) => Promise<void>;

export type Rates = {
  /** Somebody signed in, by session or API key. */
  caller: Charge;
  /** Nobody, by address. Behind one address may sit a whole office, so who is signed in never pays here. */
  stranger: Charge;
  /** Credentials that do not hold, by address: looked at before identity is asked, counted after its no. */
  mayTry: Charge;
  failed: Charge;
  /** Signing in: by address, and by address and login. */
  signIn: Charge;
};

type Limiter = ReturnType<FastifyInstance['createRateLimit']>;

const charge =
  (limiter: Limiter, increment = true): Charge =>
  async (request) => {
    const state = await limiter(request, { increment });
    if (state.isAllowed || !state.isExceeded) return;
    const retryAfterSeconds = String(Math.max(1, state.ttlInSeconds));
    throw new Problem(
      'RESOURCE_EXHAUSTED',
      'TOO_MANY_REQUESTS',
      `Too many requests. Try again in ${retryAfterSeconds} seconds.`,
      { params: { retryAfterSeconds } },
    );
  };

const addressOf = (request: FastifyRequest): string => normalizeIP(request.ip);

const loginOf = (request: FastifyRequest): string =>
  String((request.body as { login?: unknown } | null)?.login ?? '').toLowerCase();

/** Limits of this process; several gateways behind one address allow as many times more. */
export const openRates = async (app: FastifyInstance, config: GatewayConfig): Promise<Rates> => {
  await app.register(rateLimit, { global: false });
  const perMinute = (
    max: number | ((request: FastifyRequest) => number),
    keyGenerator: (request: FastifyRequest) => string,
  ) => app.createRateLimit({ max, timeWindow: MINUTE_MS, keyGenerator });
  const failures = perMinute(config.SIGN_IN_RATE, addressOf);
  const signIn = charge(perMinute(config.SIGN_IN_RATE, addressOf));
  const signInAs = charge(
    perMinute(Math.ceil(config.SIGN_IN_RATE / 10), (request) => `${addressOf(request)} ${loginOf(request)}`),
  );
  return {
    caller: charge(
      perMinute(
        ({ signedIn, credential }) =>
          signedIn?.rateLimit || (credential?.kind === 'apiKey' ? config.KEY_RATE : config.SESSION_RATE),
        ({ credential }) => credential?.hash ?? '',
      ),
    ),
    stranger: charge(perMinute(config.ADDRESS_RATE, addressOf)),
    mayTry: charge(failures, false),
    failed: charge(failures),
    signIn: async (request) => {
      await signIn(request);
      await signInAs(request);
    },
  };
};
