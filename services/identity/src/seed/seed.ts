import { invalidField, Problem } from '@pelagic/chassis/problem';
import { sql } from 'kysely';
import { grantsVersion } from '../grants/policy.ts';
import type { IdentityService } from '../identity-service.ts';
import { normalizeLogin } from '../employee/employee.ts';
import { issueToken, SEED_SECONDS } from '../session/caller-token.ts';

type Asked = { login: string; clock: string; day: string };

const instant = (text: string): Date => {
  const clock = new Date(text);
  if (!text || Number.isNaN(clock.getTime()) || clock.getTime() > Date.now() + 60_000)
    throw invalidField(
      'x-clock',
      'BAD_TIME',
      'The simulated time is an ISO 8601 instant, not in the future, or "any".',
    );
  return clock;
};

/**
 * A token for the demo generator, for ten minutes: an employee at a simulated time, or at whatever time each command
 * of a batch says ("any"; then `day` says for which day the person's department and reports are taken, today when
 * empty). Without a login it is nobody's, for setting up the enterprise at that time. What the token causes happened
 * then; no other token can say so.
 */
export const seedToken = async (
  { database, signingKey }: IdentityService,
  { login, clock, day }: Asked,
): Promise<{ token: string }> => {
  const at = instant(clock === 'any' ? `${day || new Date().toISOString().slice(0, 10)}T00:00:00Z` : clock);
  const clk = clock === 'any' ? 'any' : at.toISOString();
  if (!login)
    return { token: (await issueToken(signingKey, { sub: '', kind: 'public', clk }, SEED_SECONDS)).callerToken };
  const { rows } = await sql<{ id: string; state: string; version: string; time_zone: string }>`
    select employee.id, employee.state, policy.version, enterprise.time_zone from employee cross join policy cross join enterprise where employee.login = ${normalizeLogin(login)}`.execute(
    database.sql,
  );
  const [person] = rows;
  if (person?.state !== 'EMPLOYEE_STATE_ACTIVE')
    throw new Problem('NOT_FOUND', 'NOT_FOUND', `No active employee has the login ${login}.`);
  const gv = clock === 'any' && day ? `${person.version}:${day}` : grantsVersion(person.version, person.time_zone, at);
  return {
    token: (await issueToken(signingKey, { sub: person.id, kind: 'employee', gv, clk }, SEED_SECONDS)).callerToken,
  };
};
