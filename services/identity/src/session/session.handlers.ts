import { may } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import { enterprise } from '@pelagic/chassis/enterprise';
import { denied, invalidField, notFound, Problem } from '@pelagic/chassis/problem';
import type { Handlers } from '@pelagic/chassis/rpc';
import { isoTime } from '@pelagic/capabilities/record/mapping';
import { changeRecord } from '@pelagic/capabilities/record/records';
import type { GetSessionResponse, Session, SessionServiceService } from '@pelagic/proto/crm/identity/v1/session';
import { sql } from 'kysely';
import { administer, writeEntry } from '../audit/audit.ts';
import { redeemBootstrap } from '../bootstrap/bootstrap.ts';
import { employee, type EmployeeRow } from '../employee/employee.ts';
import { grantedPermissions } from '../grants/grants.ts';
import type { IdentityService } from '../identity-service.ts';
import { findLink } from './link.ts';
import { checkPassword } from './password-policy.ts';
import { redeemReset, setPassword } from './reset.ts';
import { endSession, endSessions } from './session.ts';
import { signIn } from './sign-in.ts';

/** Only who signed in with a password; a key could otherwise make itself a way in. */
const signedIn = (caller: Caller): string => {
  if (caller.kind !== 'employee' || !caller.sessionId)
    throw new Problem('PERMISSION_DENIED', 'NOT_A_PERSON', 'Only people have a session.');
  return caller.id;
};

type Person = EmployeeRow & { password_hash: string | null };

export const sessionHandlers = (service: IdentityService): Handlers<SessionServiceService> => {
  const { database, passwords, guard } = service;

  const person = async (id: string): Promise<Person> => {
    const { rows } =
      await sql<Person>`select employee.*, credential.password_hash from employee left join credential on credential.employee_id = employee.id where employee.id = ${id}`.execute(
        database.sql,
      );
    if (!rows[0]) throw notFound('employee');
    return rows[0];
  };

  const sessionOf = async (caller: Caller): Promise<GetSessionResponse> => {
    const row = await person(caller.id);
    const { grants } = caller;
    const { name, locale, timeZone, baseCurrency, fiscalYearStartMonth, region } = enterprise();
    return {
      employeeId: row.id,
      name: row.name,
      login: row.login ?? '',
      email: row.email ?? '',
      // Not those of the grants, which are some seconds old: who just chose a language would be taken back to the other.
      locale: row.locale || locale,
      timeZone: row.time_zone || timeZone,
      departmentId: grants?.departmentId ?? row.department_id,
      sessionId: caller.sessionId,
      permissions: grantedPermissions(grants?.permissions ?? new Map()),
      fields: [...(grants?.fields ?? [])].map(([noun, { hidden, masked, readOnly }]) => ({
        noun,
        hidden: [...hidden],
        masked: [...masked],
        readOnly: [...readOnly],
      })),
      enterprise: { name, locale, timeZone, baseCurrency, fiscalYearStartMonth, region },
    };
  };

  const changePassword = async (caller: Caller, current: string, next: string): Promise<void> => {
    const row = await person(signedIn(caller));
    const who = { login: `change:${row.id}`, address: caller.remoteAddress, employeeId: row.id };
    await guard.attempt(who, async () => {
      if (await passwords.verify(row.password_hash ?? undefined, current))
        return guard.succeeded(who.login, who.address);
      await guard.failed(who.login, who.address);
      throw invalidField('currentPassword', 'WRONG_PASSWORD', 'This is not your password.');
    });
    await checkPassword(next, [row.login ?? '', row.name, row.email ?? '', enterprise().name], 'newPassword');
    if (await passwords.verify(row.password_hash ?? undefined, next))
      throw invalidField('newPassword', 'PASSWORD_SAME', 'This is the password that you have already.');
    const hash = await passwords.hash(next);
    await database.transact(async (tx) => {
      await setPassword(tx, row.id, hash);
      const ended = await endSessions(tx, row.id, 'password_changed', caller.sessionId);
      await writeEntry(tx, {
        action: 'change_password',
        noun: 'employee',
        recordId: row.id,
        detail: { sessionsEnded: ended },
      });
    });
  };

  const revoke = async (tx: Tx, id: string, caller: Caller): Promise<void> => {
    const owner = may(caller, 'employee.manage') ? undefined : signedIn(caller);
    if (!(await endSession(tx, id, 'revoked', owner))) throw notFound('session');
    await writeEntry(tx, { action: 'revoke_session', noun: 'session', recordId: id });
  };

  return {
    signIn: (request) => signIn(service, request),
    signOut: async (_request, caller) => {
      await database.transact(async (tx) => {
        if (!caller.sessionId || !(await endSession(tx, caller.sessionId, 'signed_out'))) return;
        await writeEntry(tx, { action: 'sign_out', noun: 'session', recordId: caller.sessionId });
      });
      return {};
    },
    getSession: (_request, caller) => sessionOf(caller),
    updateProfile: async ({ locale, timeZone }, caller) => {
      await administer(database, 'update_profile', (tx) =>
        changeRecord<EmployeeRow>(
          tx,
          employee,
          signedIn(caller),
          caller,
          { action: 'manage', verb: 'updated' },
          (row) => {
            if (locale !== undefined) row.locale = locale;
            if (timeZone !== undefined) row.time_zone = timeZone;
          },
        ),
      );
      return {};
    },
    changePassword: async ({ currentPassword, newPassword }, caller) => {
      await changePassword(caller, currentPassword, newPassword);
      return {};
    },
    getLink: async ({ token }) => {
      const { purpose, login } = await findLink(database.sql, token);
      return { purpose, login: login ?? '' };
    },
    redeemLink: async ({ token, newPassword, bootstrap }, caller) => {
      const link = await findLink(database.sql, token);
      return link.purpose === 'bootstrap'
        ? redeemBootstrap(service, link, newPassword, bootstrap, caller)
        : redeemReset(service, link, newPassword, caller);
    },
    listSessions: async ({ employeeId }, caller) => {
      const of = employeeId || signedIn(caller);
      if (of !== caller.id && !may(caller, 'employee.manage')) throw denied('employee.manage');
      if (of === caller.id) signedIn(caller);
      type Row = {
        id: string;
        employee_id: string;
        remote_address: string;
        user_agent: string;
        create_time: string;
        last_seen_time: string;
        expire_time: string;
      };
      const { rows } =
        await sql<Row>`select * from session where employee_id = ${of} and end_time is null and expire_time > now() order by last_seen_time desc limit 200`.execute(
          database.sql,
        );
      const sessions: Session[] = rows.map((row) => ({
        id: row.id,
        employeeId: row.employee_id,
        remoteAddress: row.remote_address,
        userAgent: row.user_agent,
        createTime: isoTime(row.create_time),
        lastSeenTime: isoTime(row.last_seen_time),
        expireTime: isoTime(row.expire_time),
        current: row.id === caller.sessionId,
      }));
      return { sessions };
    },
    revokeSession: async ({ id }, caller) => {
      await database.transact((tx) => revoke(tx, id, caller));
      return {};
    },
  };
};
