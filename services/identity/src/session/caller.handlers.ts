import type { Handlers } from '@pelagic/chassis/rpc';
import { invalidField, Problem } from '@pelagic/chassis/problem';
import type { CallerServiceService } from '@pelagic/proto/crm/identity/v1/session';
import { sql } from 'kysely';
import { findApiKey, isAllowedFrom, touchApiKey } from '../api-key/api-key.queries.ts';
import { refuseBefore } from '../employee/employment.ts';
import { callerGone, readGrants } from '../grants/grants.queries.ts';
import { dayOfVersion, grantsVersion } from '../grants/policy.ts';
import type { IdentityService } from '../identity-service.ts';
import { CALLER_SECONDS, issueToken, SERVICE_SECONDS } from './caller-token.ts';
import { isSecret } from './secret.ts';
import { DENYING, findSession, type EndReason } from './session.ts';

const ACTIVE = 'EMPLOYEE_STATE_ACTIVE';

const signInAgain = (): Problem =>
  new Problem('UNAUTHENTICATED', 'SESSION_ENDED', 'This session has ended. Sign in again.');
const keyRefused = (): Problem =>
  new Problem('UNAUTHENTICATED', 'API_KEY_REFUSED', 'This API key is not good, or not from this address.');

/** Credentials in, callers out: for the gateway and the services. */
export const callerHandlers = ({
  database,
  signingKey,
  serviceSecrets,
  tokenKeys,
}: IdentityService): Handlers<CallerServiceService> => {
  const ofSession = async (sessionToken: string, ip: string) => {
    const session = await findSession(database.sql, sessionToken);
    if (session?.state !== ACTIVE) throw signInAgain();
    const gv = grantsVersion(session.policy_version, session.time_zone, new Date());
    return {
      ...(await issueToken(
        signingKey,
        { sub: session.employee_id, kind: 'employee', gv, sid: session.id, ip },
        CALLER_SECONDS,
      )),
      rateLimit: 0,
      locale: session.locale,
    };
  };

  const ofApiKey = async (secret: string, ip: string) => {
    const key = await findApiKey(database.sql, secret);
    if (key?.state !== ACTIVE || !isAllowedFrom(key.allowed_addresses, ip)) throw keyRefused();
    refuseBefore(key.begin_date);
    await touchApiKey(database.sql, key.id);
    const gv = grantsVersion(key.policy_version, key.time_zone, new Date());
    return {
      ...(await issueToken(signingKey, { sub: key.employee_id, kind: 'api_key', gv, kid: key.id, ip }, CALLER_SECONDS)),
      rateLimit: key.rate_limit_per_minute,
      locale: key.locale,
    };
  };

  /** The session or key that a job was started in: the key's id when it was one. Throws when it was taken away since. */
  const origin = async (employeeId: string, id: string): Promise<{ sid?: string; kid?: string }> => {
    if (!id) return {};
    const { rows } = await sql<{ kind: 'sid' | 'kid'; gone: boolean }>`
      select 'sid' as kind, coalesce(end_reason = any(${DENYING as EndReason[]}), false) as gone from session where id::text = ${id} and employee_id = ${employeeId}
      union all
      select 'kid', revoke_time is not null or coalesce(expire_time < now(), false) from api_key where id::text = ${id} and employee_id = ${employeeId}`.execute(
      database.sql,
    );
    if (!rows[0] || rows[0].gone) throw callerGone();
    return { [rows[0].kind]: id };
  };

  return {
    authenticate: async ({ credential, remoteAddress }) => {
      if (!credential?.value) throw new Problem('UNAUTHENTICATED', 'SIGN_IN_REQUIRED', 'Sign in first.');
      return credential.$case === 'sessionToken'
        ? ofSession(credential.value, remoteAddress)
        : ofApiKey(credential.value, remoteAddress);
    },
    issueJobToken: async ({ employeeId, sessionId }) => {
      const claims = await origin(employeeId, sessionId);
      const { rows } = await sql<{ state: string; version: string; time_zone: string }>`
        select employee.state, policy.version, enterprise.time_zone from employee cross join policy cross join enterprise where employee.id = ${employeeId}`.execute(
        database.sql,
      );
      const [person] = rows;
      if (person?.state !== ACTIVE) throw callerGone();
      return issueToken(
        signingKey,
        { sub: employeeId, kind: 'job', gv: grantsVersion(person.version, person.time_zone, new Date()), ...claims },
        CALLER_SECONDS,
      );
    },
    issueServiceToken: async ({ service, secret }) => {
      if (!isSecret(secret, serviceSecrets[service]))
        throw new Problem('UNAUTHENTICATED', 'SERVICE_REFUSED', 'This service could not prove itself.');
      return issueToken(signingKey, { sub: service, kind: 'service' }, SERVICE_SECONDS);
    },
    getGrants: ({ employeeId, grantsVersion: version, apiKeyId }) => {
      const day = dayOfVersion(version);
      if (!day) throw invalidField('grantsVersion', 'BAD_FORMAT', 'This is no version of the grants.');
      return readGrants(database.sql, { employeeId, apiKeyId, version, day });
    },
    listTokenKeys: async () => ({ keys: JSON.stringify(tokenKeys) }),
  };
};
