import { changeRecord } from '@pelagic/capabilities/record/records';
import type { Caller } from '@pelagic/chassis/caller';
import { currentContext, runIn } from '@pelagic/chassis/context';
import type { Tx } from '@pelagic/chassis/database';
import { enterprise } from '@pelagic/chassis/enterprise';
import { refused } from '@pelagic/chassis/problem';
import type { RedeemLinkResponse } from '@pelagic/proto/crm/identity/v1/session';
import { sql } from 'kysely';
import { writeEntry } from '../audit/audit.ts';
import { employee, type EmployeeRow } from '../employee/employee.ts';
import { lockPolicy } from '../grants/policy.ts';
import type { IdentityService } from '../identity-service.ts';
import { useLink, type Link } from './link.ts';
import { checkPassword } from './password-policy.ts';
import { endSessions } from './session.ts';

export const setPassword = async (tx: Tx, employeeId: string, hash: string): Promise<void> => {
  await sql`
    insert into credential (employee_id, password_hash) values (${employeeId}, ${hash})
    on conflict (employee_id) do update set password_hash = excluded.password_hash, set_time = now()`.execute(tx.sql);
};

/** Runs the work as a person who has just proved to be one, by a link. */
export const actingAs = <T>(caller: Caller, employeeId: string, work: (self: Caller) => Promise<T>): Promise<T> => {
  const self: Caller = { ...caller, kind: 'employee', id: employeeId };
  return runIn({ deadline: Date.now() + 10_000, ...currentContext(), caller: self }, () => work(self));
};

/** Sets the password with a link of an administrator. Whoever was invited is active from now on, and comes in once their employment begins; open sessions end. */
export const redeemReset = async (
  { database, passwords }: IdentityService,
  link: Link,
  newPassword: string,
  caller: Caller,
): Promise<RedeemLinkResponse> => {
  const [id, login] = [link.employee_id!, link.login ?? ''];
  await checkPassword(newPassword, [login, link.name ?? '', enterprise().name], 'newPassword');
  const hash = await passwords.hash(newPassword);
  await actingAs(caller, id, (self) =>
    database.transact(async (tx) => {
      await lockPolicy(tx);
      await useLink(tx, link.id);
      await setPassword(tx, id, hash);
      const ended = await endSessions(tx, id, 'password_changed');
      await changeRecord<EmployeeRow>(tx, employee, id, self, { action: 'manage', verb: 'activated' }, (row) => {
        if (row.state !== 'EMPLOYEE_STATE_INVITED' && row.state !== 'EMPLOYEE_STATE_ACTIVE')
          throw refused('EMPLOYEE_NOT_ACTIVE', 'This person may not sign in.', { params: { name: row.name } });
        row.state = 'EMPLOYEE_STATE_ACTIVE';
      });
      await writeEntry(tx, { action: 'redeem_link', noun: 'employee', recordId: id, detail: { sessionsEnded: ended } });
    }),
  );
  return { login };
};
