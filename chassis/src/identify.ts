import {
  CallerServiceService,
  type GetGrantsResponse,
  type GrantedPermission,
} from '@pelagic/proto/crm/identity/v1/session';
import type { JSONWebKeySet } from 'jose';
import { publicCaller, tokenVerifier, type Caller, type Grants, type Scope } from './caller.ts';
import { connect } from './client.ts';
import { Problem } from './problem.ts';

/** Grants are remembered for this many callers. */
const REMEMBERED_MAX = 10_000;
/** A service's own token is renewed this long before it ends. */
const RENEW_BEFORE_MS = 2_000;

/** A permission may stand with several scopes. */
const scopesOf = (granted: GrantedPermission[]): Map<string, Scope[]> => {
  const scopes = new Map<string, Scope[]>();
  for (const { permission, scope } of granted)
    scopes.set(permission, [...(scopes.get(permission) ?? []), scope as Scope]);
  return scopes;
};

export const grantsOf = (answer: GetGrantsResponse): Grants => ({
  version: answer.grantsVersion,
  departmentId: answer.departmentId,
  subordinateIds: answer.subordinateIds,
  departmentIds: answer.departmentIds,
  departmentAndBelowIds: answer.departmentAndBelowIds,
  permissions: scopesOf(answer.permissions),
  fields: new Map(
    answer.fields.map(({ noun, hidden, masked, readOnly }) => [
      noun,
      { hidden: new Set(hidden), masked: new Set(masked), readOnly: new Set(readOnly) },
    ]),
  ),
  locale: answer.locale,
  timeZone: answer.timeZone,
});

type GrantsKey = { employeeId: string; grantsVersion: string; apiKeyId: string };
export type LoadGrants = (key: GrantsKey) => Promise<Grants>;

export type Identify = (token: string) => Promise<Caller>;

/**
 * Who a token is. Its signature and end are checked here; what its bearer may do is asked of identity once per version
 * of the grants, and a service that cannot ask refuses: a revoked person is out as soon as their token ends.
 */
export const identifier = (keys: JSONWebKeySet, load: LoadGrants): Identify => {
  const verify = tokenVerifier(keys);
  const remembered = new Map<string, Promise<Grants>>();
  const grants = (key: GrantsKey): Promise<Grants> => {
    const name = `${key.employeeId}/${key.apiKeyId}/${key.grantsVersion}`;
    let known = remembered.get(name);
    if (!known) {
      if (remembered.size >= REMEMBERED_MAX) remembered.delete(remembered.keys().next().value as string);
      known = load(key);
      known.catch(() => remembered.delete(name));
      remembered.set(name, known);
    }
    return known;
  };
  return async (token) => {
    if (!token) return publicCaller();
    const { sub, kind, gv, sid = '', kid = '', clk, ip = '' } = await verify(token);
    const caller: Caller = {
      kind,
      id: sub,
      sessionId: sid,
      apiKeyId: kid,
      token,
      remoteAddress: ip,
      ...(clk === 'any' ? { seeding: true as const } : clk && { clock: new Date(clk) }),
    };
    return gv ? { ...caller, grants: await grants({ employeeId: sub, grantsVersion: gv, apiKeyId: kid }) } : caller;
  };
};

export type Identity = {
  identify: Identify;
  /** The token of the service itself, renewed in time. */
  serviceToken: () => Promise<string>;
  /** A token on behalf of an employee; refused once that person or the session it began in is out. */
  jobToken: (employeeId: string, sessionId: string) => Promise<string>;
};

type Options = { service: string; secret: string; identityAddress: string; tokenKeys: JSONWebKeySet };

/** The identity service as every other service needs it. */
export const connectIdentity = ({ service, secret, identityAddress, tokenKeys }: Options): Identity => {
  const callers = connect(CallerServiceService, identityAddress);
  let own: { token: string; end: number } | undefined;
  const serviceToken = async () => {
    if (own && own.end - RENEW_BEFORE_MS > Date.now()) return own.token;
    const { callerToken, expireTime } = await callers.issueServiceToken({ service, secret });
    own = { token: callerToken, end: Date.parse(expireTime ?? '') };
    return own.token;
  };
  const load: LoadGrants = async ({ employeeId, grantsVersion, apiKeyId }) => {
    const answer = await callers.getGrants(
      { employeeId, grantsVersion, apiKeyId },
      { token: await serviceToken(), timeoutMs: 3_000 },
    );
    return grantsOf(answer);
  };
  return {
    identify: identifier(tokenKeys, load),
    serviceToken,
    jobToken: async (employeeId, sessionId) => {
      const { callerToken } = await callers.issueJobToken({ employeeId, sessionId }, { token: await serviceToken() });
      if (!callerToken)
        throw new Problem('PERMISSION_DENIED', 'CALLER_GONE', 'The person who started this may no longer sign in.');
      return callerToken;
    },
  };
};
