import { createLocalJWKSet, jwtVerify, SignJWT, type JSONWebKeySet } from 'jose';
import { Problem } from './problem.ts';

export type CallerKind = 'employee' | 'public' | 'service' | 'job' | 'api_key';

/** Whose records an action reaches; see Role.permissions in the contracts. */
export type Scope = 'OWN' | 'SUBORDINATES' | 'DEPARTMENT' | 'DEPARTMENT_AND_BELOW' | 'ALL';

export type FieldGrant = { hidden: Set<string>; masked: Set<string>; readOnly: Set<string> };

/** What any of them reaches: reports and a department only overlap, so somebody with both roles has both scopes. */
export type Scopes = readonly Scope[];

/** What a caller may do, under one version of the enterprise's roles and tree. */
export type Grants = {
  version: string;
  departmentId: string;
  subordinateIds: string[];
  departmentIds: string[];
  departmentAndBelowIds: string[];
  permissions: Map<string, Scopes>;
  fields: Map<string, FieldGrant>;
  locale: string;
  timeZone: string;
};

export type Caller = {
  kind: CallerKind;
  /** Employee id, or the name of a service, or empty for the public. */
  id: string;
  sessionId: string;
  apiKeyId: string;
  /** Absent for services and the public. */
  grants?: Grants;
  /** Hands the caller on to the next service. */
  token: string;
  remoteAddress: string;
  /** Simulated now of the demo generator. */
  clock?: Date;
  /** A seed-only token: its commands may say when they happen. */
  seeding?: true;
  /** The past is being brought in: today's gates and notices stay quiet. */
  imported?: boolean;
  /** Why the caller does this, for the events it causes. */
  reason?: string;
};

export type TokenClaims = {
  sub: string;
  kind: CallerKind;
  /** Version of the grants. */
  gv?: string;
  /** Session that the caller came in with. */
  sid?: string;
  /** API key that the caller came in with. */
  kid?: string;
  /** Simulated now, only in tokens that identity gives to the demo generator; `any` lets each command say its own. */
  clk?: string;
  /** Address of the caller's machine. */
  ip?: string;
};

const ISSUER = 'pelagic-identity';
/** Verified tokens are remembered this many at most; they live for seconds. */
const REMEMBERED_MAX = 5_000;

/** Signs a caller token for `ttlSeconds`. Only identity has the key. */
export const signToken = (claims: TokenClaims, key: CryptoKey, ttlSeconds: number): Promise<string> => {
  const { sub, ...rest } = claims;
  return new SignJWT(rest)
    .setProtectedHeader({ alg: 'EdDSA' })
    .setSubject(sub)
    .setIssuer(ISSUER)
    .setAudience(ISSUER)
    .setIssuedAt()
    .setExpirationTime(`${ttlSeconds}s`)
    .sign(key);
};

export type VerifyToken = (token: string) => Promise<TokenClaims>;

/** Verifies caller tokens against identity's public keys. Throws UNAUTHENTICATED for anything that does not hold. */
export const tokenVerifier = (keys: JSONWebKeySet): VerifyToken => {
  const keySet = createLocalJWKSet(keys);
  const remembered = new Map<string, { claims: TokenClaims; exp: number }>();
  return async (token) => {
    const known = remembered.get(token);
    if (known && known.exp * 1_000 > Date.now()) return known.claims;
    remembered.delete(token);
    try {
      const { payload } = await jwtVerify(token, keySet, { algorithms: ['EdDSA'], issuer: ISSUER, audience: ISSUER });
      const claims = payload as unknown as TokenClaims & { exp: number };
      if (remembered.size >= REMEMBERED_MAX) remembered.delete(remembered.keys().next().value as string);
      remembered.set(token, { claims, exp: claims.exp });
      return claims;
    } catch (cause) {
      throw new Problem('UNAUTHENTICATED', 'TOKEN_INVALID', 'The caller could not be verified.', { cause });
    }
  };
};

export const publicCaller = (remoteAddress = ''): Caller => ({
  kind: 'public',
  id: '',
  sessionId: '',
  apiKeyId: '',
  token: '',
  remoteAddress,
});

/** The service itself, for work that nobody asked for: reactions, schedules. */
export const serviceCaller = (service: string, token = ''): Caller => ({
  kind: 'service',
  id: service,
  sessionId: '',
  apiKeyId: '',
  token,
  remoteAddress: '',
});
