import { signToken, type TokenClaims } from '@pelagic/chassis/caller';

/** A caller token lives this long: the time within which a revoked person is out of every service. */
export const CALLER_SECONDS = 5;
/** A service's own token; services are not revoked but stopped. */
export const SERVICE_SECONDS = 60;
/** Of the demo generator, which acts as many people on a simulated clock. */
export const SEED_SECONDS = 600;

export type IssuedToken = { callerToken: string; expireTime: string };

export const issueToken = async (key: CryptoKey, claims: TokenClaims, seconds: number): Promise<IssuedToken> => {
  const issued = Math.floor(Date.now() / 1_000);
  return {
    callerToken: await signToken(claims, key, seconds),
    expireTime: new Date((issued + seconds) * 1_000).toISOString(),
  };
};
