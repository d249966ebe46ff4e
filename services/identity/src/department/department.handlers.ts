import type { Message, Row } from '@pelagic/capabilities/record/mapping';
import { newFields, writeFields } from '@pelagic/capabilities/record/fields';
import { changeRecord, getRecord, insertRecord } from '@pelagic/capabilities/record/records';
import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import { today } from '@pelagic/chassis/enterprise';
import { once } from '@pelagic/chassis/once';
import { invalid, invalidField } from '@pelagic/chassis/problem';
import type { Handlers } from '@pelagic/chassis/rpc';
import { type Department, DepartmentServiceService } from '@pelagic/proto/crm/identity/v1/department';
import { administer } from '../audit/audit.ts';
import type { IdentityService } from '../identity-service.ts';
import { onDate } from '../placement/placement.ts';
import {
  checkParent,
  checkPeople,
  closeDepartment,
  department,
  departmentMessage,
  moveDepartment,
  normalizeDepartment,
  type DepartmentRow,
} from './department.ts';
import {
  departmentsOn,
  presentEmployees,
  readTree,
  remainingIn,
  sameDepartment,
  writeDepartmentSpans,
} from './department.queries.ts';

/** Rules that need to look at others: the code is free, leader and deputy exist. */
const checkOthers = async (tx: Tx, row: DepartmentRow): Promise<void> => {
  const same = await sameDepartment(tx.sql, row);
  if (same?.code)
    throw invalidField('department.code', 'TAKEN', `Another department has the code ${row.code}.`, { value: row.code });
  if (same?.externalId)
    throw invalidField('department.externalId', 'TAKEN', 'This department was imported before.', {
      value: row.external_id,
    });
  checkPeople(row, await presentEmployees(tx.sql, [row.leader_id, row.deputy_id]));
};

/** Opens a department: for the importer and the handler alike. There is one root, which came with the enterprise. */
export const createDepartment = async (
  tx: Tx,
  message: Department,
  caller: Caller,
  fromDate: string,
): Promise<DepartmentRow> => {
  if (!message.parentId)
    throw invalidField(
      'department.parentId',
      'REQUIRED',
      'There is a topmost department already: say under which one this stands.',
    );
  const row = (await newFields(tx, department, message as unknown as Message, caller)) as unknown as DepartmentRow;
  normalizeDepartment(row);
  row.placements = [{ parentId: message.parentId, fromDate: fromDate || today() }];
  checkParent(
    await readTree(tx.sql),
    message.parentId,
    row.placements,
    row.placements[0]!.fromDate,
    'department.parentId',
  );
  await checkOthers(tx, row);
  const created = await insertRecord<DepartmentRow>(tx, department, row as unknown as Row, caller);
  await writeDepartmentSpans(tx, created);
  return created;
};

const byMoving = () =>
  invalid({
    field: 'department.parentId',
    reason: 'USE_MOVE',
    message: 'The parent changes by moving, from a day on.',
  });

/** Writes names, code and people; where it stands changes by moving. For the importer and the handler alike. */
export const updateDepartment = (
  tx: Tx,
  id: string,
  message: Department,
  mask: string[],
  caller: Caller,
): Promise<DepartmentRow> => {
  if (mask.some((path) => path === 'parentId' || path === 'parent_id')) throw byMoving();
  return changeRecord<DepartmentRow>(
    tx,
    department,
    id,
    caller,
    { action: 'manage', verb: 'updated', version: message.version },
    async (row) => {
      const { parent_id: parent } = row;
      await writeFields(tx, department, row as unknown as Row, message as unknown as Message, caller, mask);
      // Without a mask all that is said is written: the parent may be said, as it is.
      if (row.parent_id !== parent) throw byMoving();
      normalizeDepartment(row);
      await checkOthers(tx, row);
    },
  );
};

export const departmentHandlers = ({ database }: IdentityService): Handlers<DepartmentServiceService> => {
  const answer = async (row: Promise<DepartmentRow>) => ({ department: departmentMessage(await row) });
  return {
    createDepartment: (request, caller) =>
      administer(database, 'create_department', (tx) =>
        once(tx, caller, DepartmentServiceService.createDepartment, request, () =>
          answer(createDepartment(tx, request.department!, caller, request.fromDate)),
        ),
      ),
    getDepartment: async ({ id }, caller) => {
      const row = await getRecord<DepartmentRow>(database.sql, department, id, caller);
      return {
        department: departmentMessage({ ...row, parent_id: onDate(row.placements, today())?.parentId ?? null }),
      };
    },
    listDepartments: async ({ onDate: date, includeClosed }) => ({
      departments: (await departmentsOn(database.sql, date || today(), includeClosed)).map(departmentMessage),
    }),
    updateDepartment: ({ id, department: message, updateMask }, caller) =>
      answer(
        administer(database, 'update_department', (tx) => updateDepartment(tx, id, message!, updateMask ?? [], caller)),
      ),
    moveDepartment: ({ id, parentId, fromDate, version }, caller) =>
      answer(
        administer(database, 'move_department', async (tx) => {
          const tree = await readTree(tx.sql);
          const row = await changeRecord<DepartmentRow>(
            tx,
            department,
            id,
            caller,
            { action: 'manage', verb: 'moved', version },
            (draft) => moveDepartment(draft, tree, parentId, fromDate, today()),
          );
          await writeDepartmentSpans(tx, row);
          return row;
        }),
      ),
    closeDepartment: ({ id, fromDate, version }, caller) =>
      answer(
        administer(database, 'close_department', async (tx) => {
          const remaining = await remainingIn(tx.sql, id, fromDate);
          return changeRecord<DepartmentRow>(
            tx,
            department,
            id,
            caller,
            { action: 'manage', verb: 'closed', version },
            (draft) => closeDepartment(draft, fromDate, remaining),
          );
        }),
      ),
  };
};
