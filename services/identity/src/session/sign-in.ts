import { asProblem, Problem } from '@pelagic/chassis/problem';
import type { SignInRequest, SignInResponse } from '@pelagic/proto/crm/identity/v1/session';
import { sql } from 'kysely';
import { writeEntry, type NewEntry } from '../audit/audit.ts';
import { normalizeLogin } from '../employee/employee.ts';
import { beginDate, refuseBefore } from '../employee/employment.ts';
import type { IdentityService } from '../identity-service.ts';
import { openSession, type NewSession } from './session.ts';

const ACTIVE = 'EMPLOYEE_STATE_ACTIVE';

type Found = { id: string; state: string; begin_date: string; password_hash: string | null };

/** The same for a login that does not exist and for a wrong password, and it takes as long. */
const wrong = (): Problem => new Problem('UNAUTHENTICATED', 'WRONG_CREDENTIALS', 'Login or password is wrong.');

/** Of whoever knows the password. */
const admit = ({ state, begin_date: begin }: Found): void => {
  if (state !== ACTIVE)
    throw new Problem('PERMISSION_DENIED', 'ACCOUNT_SUSPENDED', 'Your account is suspended. Ask an administrator.');
  refuseBefore(begin);
};

type Proven = { id: string; hash: string; password: string };

/** Opens the session, unless the person was suspended or the password changed while it was being checked. */
const open = async (
  { database, passwords }: IdentityService,
  { id, hash, password }: Proven,
  { remoteAddress, userAgent }: Pick<SignInRequest, 'remoteAddress' | 'userAgent'>,
  entry: NewEntry,
): Promise<NewSession> => {
  const renewed = passwords.isOld(hash) ? await passwords.hash(password) : hash;
  return database.transact(async (tx) => {
    const { rows } = await sql`
      select 1 from employee where id = ${id} and state = ${ACTIVE} for share`.execute(tx.sql);
    const { numAffectedRows } = await sql`
      update credential set last_sign_in_time = now(), password_hash = ${renewed}
      where employee_id = ${id} and password_hash = ${hash}`.execute(tx.sql);
    if (!rows.length || !numAffectedRows) throw wrong();
    const opened = await openSession(tx, id, remoteAddress, userAgent);
    await writeEntry(tx, { ...entry, actorKind: 'employee', detail: { userAgent, sessionId: opened.id } });
    return opened;
  });
};

/** Signs a person in and opens a session. Every outcome goes to the audit trail, except refusals while locked: those would flood it. */
export const signIn = async (
  service: IdentityService,
  { login: typed, password, remoteAddress, userAgent }: SignInRequest,
): Promise<SignInResponse> => {
  const { database, passwords, guard } = service;
  const login = normalizeLogin(typed);
  const { rows } = await sql<Found>`
    select employee.id, employee.state, ${beginDate} as begin_date, credential.password_hash from employee left join credential on credential.employee_id = employee.id where employee.login = ${login}`.execute(
    database.sql,
  );
  const [found] = rows;
  const hash = found?.password_hash ?? undefined;
  // What was typed as a login is written down only when it is one: people type passwords into the wrong box.
  const entry = {
    action: 'sign_in',
    remoteAddress,
    actorKind: 'public',
    ...(found && { actorId: found.id, noun: 'employee', recordId: found.id }),
    detail: { userAgent },
  };

  return guard.attempt({ login, address: remoteAddress, employeeId: found?.id }, async () => {
    if (!(await passwords.verify(hash, password))) {
      const locks = await guard.failed(login, remoteAddress);
      await database.transact((tx) =>
        writeEntry(tx, { ...entry, outcome: locks ? 'SIGN_IN_LOCKED' : 'WRONG_CREDENTIALS' }),
      );
      throw wrong();
    }
    try {
      admit(found!);
    } catch (error) {
      await database.transact((tx) => writeEntry(tx, { ...entry, outcome: asProblem(error).reason }));
      throw error;
    }
    const proven = { id: found!.id, hash: hash!, password };
    const session = await open(service, proven, { remoteAddress, userAgent }, entry);
    await guard.succeeded(login, remoteAddress);
    return { sessionToken: session.token, expireTime: session.expireTime };
  });
};
