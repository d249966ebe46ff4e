import { isDeepStrictEqual } from 'node:util';
import { isUuid } from '@pelagic/proto/formats';
import type { Message, Row } from '@pelagic/capabilities/record/mapping';
import { newFields, writeFields } from '@pelagic/capabilities/record/fields';
import { changeRecord, insertRecord } from '@pelagic/capabilities/record/records';
import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import { today } from '@pelagic/chassis/enterprise';
import { invalid, invalidField, type FieldError } from '@pelagic/chassis/problem';
import type { Employee } from '@pelagic/proto/crm/identity/v1/employee';
import { revokeKeysOf } from '../api-key/api-key.ts';
import { permissionsOf } from '../grants/grants.ts';
import { rolesOf } from '../grants/grants.queries.ts';
import { refuseBeyond, refuseOver } from '../role/role.ts';
import { endSessions } from '../session/session.ts';
import {
  checkPlacement,
  employee,
  endEmployment,
  moveEmployee,
  normalizeEmployee,
  reactivateEmployee,
  recordsFollowNow,
  refuseTaken,
  suspendEmployee,
  type EmployeePlacement,
  type EmployeeRow,
} from './employee.ts';
import {
  hasPassword,
  knownDepartments,
  readDirectory,
  refuseWithoutAdministrator,
  takenByOthers,
  writeEmployeeSpans,
} from './employee.queries.ts';

/** The commands on employees, for the handlers, the importer and the bootstrap alike. All run under the policy's lock. */

/** Roles and further departments must exist, and nobody gives a role that may do more than they may themselves. */
const checkReferences = async (tx: Tx, row: EmployeeRow, caller: Caller, rolesBefore: string[]): Promise<void> => {
  const known = await knownDepartments(tx.sql, row.extra_department_ids);
  const strange = row.extra_department_ids.findIndex((id) => !known.has(id));
  if (strange >= 0)
    throw invalidField(`employee.extraDepartmentIds[${strange}]`, 'UNKNOWN_DEPARTMENT', 'There is no such department.');
  const added = row.role_ids.filter((id) => !rolesBefore.includes(id));
  const unreadable = added.findIndex((id) => !isUuid(id));
  const roles = unreadable < 0 ? await rolesOf(tx.sql, added) : [];
  if (roles.length < added.length) throw invalidField('employee.roleIds', 'UNKNOWN_ROLE', 'There is no such role.');
  refuseBeyond(caller, permissionsOf(roles));
};

/** What a person signs in and is known by, and what they may do. Name, title and placement are a clerk's to keep. */
const ACCESS = ['login', 'email', 'phone', 'role_ids'] as const;

const refuseAccessOf = async (tx: Tx, { id, role_ids }: EmployeeRow, caller: Caller): Promise<void> => {
  if (id !== caller.id) refuseOver(caller, permissionsOf(await rolesOf(tx.sql, role_ids)));
};

/** Adds an employee from a day on, today when none is given. Who has a login is invited until they set a password. */
export const createEmployee = async (
  tx: Tx,
  message: Employee,
  caller: Caller,
  fromDate = '',
): Promise<EmployeeRow> => {
  const row = { ...(await newFields(tx, employee, message as unknown as Message, caller)) } as unknown as EmployeeRow;
  normalizeEmployee(row);
  const placement: EmployeePlacement = {
    departmentId: message.departmentId,
    ...(message.managerId && { managerId: message.managerId }),
    fromDate: fromDate || today(),
  };
  row.placements = [placement];
  row.state = row.login ? 'EMPLOYEE_STATE_INVITED' : 'EMPLOYEE_STATE_ACTIVE';
  checkPlacement(row, placement, await readDirectory(tx.sql, message.departmentId, message.managerId), 'employee.');
  await checkReferences(tx, row, caller, []);
  refuseTaken(row, await takenByOthers(tx.sql, row));
  const created = await insertRecord<EmployeeRow>(tx, employee, row as unknown as Row, caller);
  await writeEmployeeSpans(tx, created);
  return created;
};

/** Department and manager change from a day on, by moving. */
const MOVED = new Set(['departmentId', 'department_id', 'managerId', 'manager_id']);

const byMoving = (paths: string[]) =>
  invalid(
    ...paths.map((path): FieldError => ({
      field: `employee.${path}`,
      reason: 'USE_MOVE',
      message: 'Department and manager change by moving, from a day on.',
    })),
  );

const change = { action: 'manage' } as const;

export const updateEmployee = async (
  tx: Tx,
  id: string,
  message: Employee,
  mask: string[],
  caller: Caller,
): Promise<EmployeeRow> => {
  const moved = mask.filter((path) => MOVED.has(path));
  if (moved.length) throw byMoving(moved);
  const row = await changeRecord<EmployeeRow>(
    tx,
    employee,
    id,
    caller,
    { ...change, verb: 'updated', version: message.version },
    async (draft) => {
      const before = structuredClone(draft);
      await writeFields(tx, employee, draft as unknown as Row, message as unknown as Message, caller, mask);
      // Without a mask all that is said is written: the manager may be said, as it is.
      if (draft.manager_id !== before.manager_id) throw byMoving(['managerId']);
      normalizeEmployee(draft);
      if (!draft.login && draft.state === 'EMPLOYEE_STATE_INVITED') draft.state = 'EMPLOYEE_STATE_ACTIVE';
      if (ACCESS.some((column) => !isDeepStrictEqual(draft[column], before[column])))
        await refuseAccessOf(tx, before, caller);
      await checkReferences(tx, draft, caller, before.role_ids);
      refuseTaken(draft, await takenByOthers(tx.sql, draft));
    },
  );
  await refuseWithoutAdministrator(tx);
  if (!row.login) await endSessions(tx, id, 'revoked');
  return row;
};

/** The event of a move says whether what the person owns moves now; `changeRecord` knows only the state. */
const tellFollowing = (tx: Tx, row: EmployeeRow): void => {
  const event = tx.events.findLast(({ noun, subject }) => noun === 'employee' && subject === row.id);
  if (event?.sequence === String(row.version))
    event.data['recordsFollow'] = recordsFollowNow(event.data['before'] as Record<string, unknown>, row, today());
};

export type Move = { departmentId: string; managerId?: string | undefined; fromDate: string; recordsFollow: boolean };

export const placeEmployee = async (
  tx: Tx,
  id: string,
  { managerId, ...move }: Move,
  caller: Caller,
  version = 0,
): Promise<EmployeeRow> => {
  const directory = await readDirectory(tx.sql, move.departmentId, managerId);
  const row = await changeRecord<EmployeeRow>(
    tx,
    employee,
    id,
    caller,
    { ...change, verb: 'moved', version },
    (draft) => moveEmployee(draft, { ...move, ...(managerId && { managerId }) }, directory, today()),
  );
  tellFollowing(tx, row);
  await writeEmployeeSpans(tx, row);
  return row;
};

/** A planned move takes effect: the record shows the placement of today. Tells it like any move. */
export const settleEmployee = async (
  tx: Tx,
  id: string,
  caller: Caller,
  settleRow: (row: EmployeeRow) => void,
): Promise<EmployeeRow> => {
  const row = await changeRecord<EmployeeRow>(tx, employee, id, caller, { ...change, verb: 'moved' }, settleRow);
  tellFollowing(tx, row);
  return row;
};

/** Takes away every way in: sessions, and the keys of systems that act as the person. */
const shutOut = async (tx: Tx, id: string, caller: Caller): Promise<void> => {
  await endSessions(tx, id, 'suspended');
  await revokeKeysOf(tx, id, caller);
  await refuseWithoutAdministrator(tx);
};

/** A way out of the enterprise, for a while or for good: what it is called, and what it makes of the person. */
const wayOut =
  (verb: string, rule: (row: EmployeeRow) => void) =>
  async (tx: Tx, id: string, caller: Caller, { reason = '', version = 0 } = {}): Promise<EmployeeRow> => {
    const row = await changeRecord<EmployeeRow>(
      tx,
      employee,
      id,
      caller,
      { ...change, verb, version, reason },
      async (draft) => {
        await refuseAccessOf(tx, draft, caller);
        rule(draft);
      },
    );
    await shutOut(tx, id, caller);
    return row;
  };

export const suspend = wayOut('suspended', suspendEmployee);
export const leave = wayOut('left', endEmployment);

export const reactivate = async (tx: Tx, id: string, caller: Caller, version = 0): Promise<EmployeeRow> => {
  const password = await hasPassword(tx.sql, id);
  return changeRecord<EmployeeRow>(
    tx,
    employee,
    id,
    caller,
    { ...change, verb: 'reactivated', version },
    async (draft) => {
      await refuseAccessOf(tx, draft, caller);
      reactivateEmployee(draft, password);
    },
  );
};
