import { listRecords } from '@pelagic/capabilities/record/list';
import { getRecord } from '@pelagic/capabilities/record/records';
import { may } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import { today } from '@pelagic/chassis/enterprise';
import { once } from '@pelagic/chassis/once';
import { refused } from '@pelagic/chassis/problem';
import type { Queue } from '@pelagic/chassis/queue';
import type { Handlers } from '@pelagic/chassis/rpc';
import {
  EmployeeServiceService,
  type SuspendEmployeeRequest,
  type SuspendEmployeeResponse,
} from '@pelagic/proto/crm/identity/v1/employee';
import { sql } from 'kysely';
import { administer, writeEntry } from '../audit/audit.ts';
import { permissionsOf } from '../grants/grants.ts';
import { departmentsFrom, rolesOf } from '../grants/grants.queries.ts';
import { startHandOver } from '../hand-over/hand-over.ts';
import type { IdentityService } from '../identity-service.ts';
import { refuseBeyond } from '../role/role.ts';
import { createLink } from '../session/link.ts';
import { createEmployee, leave, placeEmployee, reactivate, suspend, updateEmployee } from './employee.commands.ts';
import { employee, employeeMessage, type EmployeeRow } from './employee.ts';
import { lastSignIns } from './employee.queries.ts';

/** Names of both scripts sort together by their pinyin. */
const byPinyin = (orderBy: string): string => orderBy.trim().replace(/^name\b/, 'pinyin');

export const employeeHandlers = (
  { database, publicUrl }: IdentityService,
  queue: Queue,
): Handlers<EmployeeServiceService> => {
  const answer = async (row: Promise<EmployeeRow>) => ({ employee: employeeMessage(await row) });

  /** When people last signed in is for administrators. */
  const withSignIns = async (rows: EmployeeRow[], caller: Caller): Promise<EmployeeRow[]> => {
    if (!may(caller, 'employee.manage') || !rows.length) return rows;
    const times = await lastSignIns(
      database.sql,
      rows.map(({ id }) => id),
    );
    return rows.map((row) => ({ ...row, last_sign_in_time: times.get(row.id) ?? null }));
  };

  /** The address book of one department: its people and those of the departments below, today. */
  const nounIn = async (departmentId: string) => {
    if (!departmentId) return employee;
    const ids = await departmentsFrom(database.sql, [departmentId], today());
    return {
      ...employee,
      reach: () =>
        sql<boolean>`(employee.department_id = any(${ids}::uuid[]) or employee.extra_department_ids && ${ids}::text[])`,
    };
  };

  /** Access ends, and what the person owns goes to the successor, if one is named: in one transaction. */
  const goes = (
    action: string,
    end: typeof suspend,
    { id, reason, version, successorId }: SuspendEmployeeRequest,
    caller: Caller,
  ): Promise<SuspendEmployeeResponse> =>
    administer(database, action, async (tx) => {
      const row = await end(tx, id, caller, { reason, version });
      const job = successorId
        ? await startHandOver(tx, queue, caller, { employeeId: id, successorId, reason })
        : undefined;
      return { employee: employeeMessage(row), ...(job && { job }) };
    });

  return {
    createEmployee: (request, caller) =>
      administer(database, 'create_employee', (tx) =>
        once(tx, caller, EmployeeServiceService.createEmployee, request, () =>
          answer(createEmployee(tx, request.employee!, caller, request.fromDate)),
        ),
      ),
    getEmployee: async ({ id }, caller) => {
      const [row] = await withSignIns([await getRecord<EmployeeRow>(database.sql, employee, id, caller)], caller);
      return { employee: employeeMessage(row!) };
    },
    listEmployees: async (request, caller) => {
      const { rows, ...page } = await listRecords<EmployeeRow>(
        database.sql,
        await nounIn(request.departmentId),
        { ...request, orderBy: byPinyin(request.orderBy), deleted: false },
        caller,
      );
      return { employees: (await withSignIns(rows, caller)).map(employeeMessage), ...page };
    },
    updateEmployee: ({ id, employee: message, updateMask }, caller) =>
      answer(
        administer(database, 'update_employee', (tx) => updateEmployee(tx, id, message!, updateMask ?? [], caller)),
      ),
    moveEmployee: ({ id, departmentId, managerId, fromDate, recordsFollow, version }, caller) =>
      answer(
        administer(database, 'move_employee', (tx) =>
          placeEmployee(
            tx,
            id,
            { departmentId, managerId, fromDate, recordsFollow: recordsFollow ?? true },
            caller,
            version,
          ),
        ),
      ),
    suspendEmployee: (request, caller) => goes('suspend_employee', suspend, request, caller),
    endEmployment: (request, caller) => goes('end_employment', leave, request, caller),
    handOverRecords: (request, caller) =>
      database.transact((tx) =>
        once(tx, caller, EmployeeServiceService.handOverRecords, request, async () => {
          const { id: employeeId, successorId, reason } = request;
          await getRecord<EmployeeRow>(tx.sql, employee, employeeId, caller);
          return { job: await startHandOver(tx, queue, caller, { employeeId, successorId, reason }) };
        }),
      ),
    reactivateEmployee: ({ id, version }, caller) =>
      answer(administer(database, 'reactivate_employee', (tx) => reactivate(tx, id, caller, version))),
    createResetLink: ({ id }, caller) =>
      database.transact(async (tx) => {
        const row = await getRecord<EmployeeRow>(tx.sql, employee, id, caller);
        if (!row.login) throw refused('NO_LOGIN', 'This person has no login. Give them one first.');
        if (row.state !== 'EMPLOYEE_STATE_ACTIVE' && row.state !== 'EMPLOYEE_STATE_INVITED')
          throw refused('EMPLOYEE_NOT_ACTIVE', 'This person may not sign in.', { params: { name: row.name } });
        refuseBeyond(caller, permissionsOf(await rolesOf(tx.sql, row.role_ids)));
        await writeEntry(tx, { action: 'create_reset_link', noun: 'employee', recordId: id });
        return createLink(tx, publicUrl, 'reset', id);
      }),
  };
};
