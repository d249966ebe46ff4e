import type { Tx } from '@pelagic/chassis/database';
import { sql, type Kysely } from 'kysely';
import { hashOf, newSecret } from './secret.ts';

/** A session ends this long after the sign-in, whatever happens. */
export const SESSION_MS = 30 * 86_400_000;
/** And this long after it was last used. */
export const IDLE_MS = 3 * 86_400_000;
/** How exactly the last use is kept. */
const SEEN_EVERY_MS = 60_000;

export type EndReason = 'signed_out' | 'revoked' | 'password_changed' | 'suspended' | 'expired';

/** Ends that also end what runs on behalf of the session: exports and other jobs. Signing out and growing old do not. */
export const DENYING: readonly EndReason[] = ['revoked', 'password_changed', 'suspended'];

export type NewSession = { id: string; token: string; expireTime: string };

/** Opens a session. The token is in the answer and nowhere else. */
export const openSession = async (
  tx: Tx,
  employeeId: string,
  remoteAddress: string,
  userAgent: string,
): Promise<NewSession> => {
  const token = newSecret();
  const expireTime = new Date(Date.now() + SESSION_MS).toISOString();
  const { rows } = await sql<{ id: string }>`
    insert into session (employee_id, token_hash, remote_address, user_agent, expire_time)
    values (${employeeId}, ${hashOf(token)}, ${remoteAddress}, ${userAgent}, ${expireTime}) returning id`.execute(
    tx.sql,
  );
  return { id: rows[0]!.id, token, expireTime };
};

export type OpenSession = {
  id: string;
  employee_id: string;
  state: string;
  policy_version: string;
  time_zone: string;
  locale: string;
};

/** The open session of a token, with what a caller token needs. */
export const findSession = async (db: Kysely<any>, token: string): Promise<OpenSession | undefined> => {
  const { rows } = await sql<OpenSession & { stale: boolean }>`
    select session.id, session.employee_id, employee.state, policy.version as policy_version, enterprise.time_zone,
      coalesce(nullif(employee.locale, ''), enterprise.locale) as locale,
      session.last_seen_time < now() - ${SEEN_EVERY_MS} * interval '1 ms' as stale
    from session join employee on employee.id = session.employee_id cross join policy cross join enterprise
    where session.token_hash = ${hashOf(token)} and session.end_time is null and session.expire_time > now() and session.last_seen_time > now() - ${IDLE_MS} * interval '1 ms'`.execute(
    db,
  );
  const [found] = rows;
  if (found?.stale) await sql`update session set last_seen_time = now() where id = ${found.id}`.execute(db);
  return found;
};

/** Ends all open sessions of a person, but the one given. */
export const endSessions = async (tx: Tx, employeeId: string, reason: EndReason, except = ''): Promise<number> => {
  const { numAffectedRows } = await sql`
    update session set end_time = now(), end_reason = ${reason} where employee_id = ${employeeId} and end_time is null and id::text <> ${except}`.execute(
    tx.sql,
  );
  return Number(numAffectedRows ?? 0);
};

/** Ends one session; false when it was not open or is not of that person. */
export const endSession = async (tx: Tx, id: string, reason: EndReason, employeeId?: string): Promise<boolean> => {
  const { numAffectedRows } = await sql`
    update session set end_time = now(), end_reason = ${reason} where id = ${id} and end_time is null and (${employeeId ?? null}::uuid is null or employee_id = ${employeeId ?? null}::uuid)`.execute(
    tx.sql,
  );
  return Boolean(numAffectedRows);
};

/** Writes down the end of sessions that grew old, and forgets what ended long ago. */
export const expireSessions = async (db: Kysely<any>): Promise<void> => {
  await sql`update session set end_time = now(), end_reason = 'expired' where end_time is null and (expire_time < now() or last_seen_time < now() - ${IDLE_MS} * interval '1 ms')`.execute(
    db,
  );
  await sql`delete from session where end_time < now() - interval '90 days'`.execute(db);
  await sql`delete from one_time_link where expire_time < now() - interval '30 days'`.execute(db);
};
