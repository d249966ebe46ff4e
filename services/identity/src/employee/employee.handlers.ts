import { listRecords } from '@pelagic/capabilities/record/list';
import { getRecord } from '@pelagic/capabilities/record/records';
import { may } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import { once } from '@pelagic/chassis/once';
import { refused } from '@pelagic/chassis/problem';
import type { Handlers } from '@pelagic/chassis/rpc';
import { EmployeeServiceService } from '@pelagic/proto/crm/identity/v1/employee';
import { sql } from 'kysely';
import { administer, writeEntry } from '../audit/audit.ts';
import { permissionsOf } from '../grants/grants.ts';
import { departmentsFrom, rolesOf } from '../grants/grants.queries.ts';
import type { IdentityService } from '../identity-service.ts';
import { refuseBeyond } from '../role/role.ts';
import { createLink } from '../session/link.ts';
import {
  createEmployee,
  leave,
  placeEmployee,
  reactivate,
  suspend,
  today,
  updateEmployee,
} from './employee.commands.ts';
import { employee, employeeMessage, type EmployeeRow } from './employee.ts';
import { lastSignIns } from './employee.queries.ts';

/** Names of both scripts sort together by their pinyin. */
const byPinyin = (orderBy: string): string => orderBy.trim().replace(/^name\b/, 'pinyin');

export const employeeHandlers = ({ database, publicUrl }: IdentityService): Handlers<EmployeeServiceService> => {
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
    suspendEmployee: ({ id, reason, version }, caller) =>
      answer(administer(database, 'suspend_employee', (tx) => suspend(tx, id, caller, { reason, version }))),
    endEmployment: ({ id, reason, version }, caller) =>
      answer(administer(database, 'end_employment', (tx) => leave(tx, id, caller, { reason, version }))),
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
