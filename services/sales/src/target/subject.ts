import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import { denied, invalidField } from '@pelagic/chassis/problem';
import { onceIn } from '@pelagic/capabilities/record/once-in';
import { sql } from 'kysely';
import type { SalesService } from '../sales-service.ts';
import { target, type TargetRow } from './target.ts';

/** Whose target it is, as its row says it. */
export type Subject = Pick<TargetRow, 'subject' | 'owner_id' | 'department_id'>;

export type Named = { employeeId: string; departmentId: string };

const person = async ({ directory }: SalesService, id: string, field: string): Promise<Subject> => {
  const employee = await directory.employee(id);
  if (!employee) throw invalidField(field, 'UNKNOWN_EMPLOYEE', 'There is no such employee.');
  return { subject: 'TARGET_SUBJECT_PERSON', owner_id: employee.id, department_id: employee.departmentId };
};

const department = async (tx: Tx, id: string, field: string): Promise<Subject> => {
  const { rows } = await sql`select from directory_department where id = ${id}::uuid`.execute(tx.sql);
  if (!rows.length) throw invalidField(field, 'UNKNOWN_DEPARTMENT', 'There is no such department.');
  return { subject: 'TARGET_SUBJECT_DEPARTMENT', owner_id: null, department_id: id };
};

/** The person or department that a request names at the path; asked once for all months of a transaction. */
export const subjectOf = async (
  service: SalesService,
  tx: Tx,
  { employeeId, departmentId }: Named,
  path = '',
): Promise<Subject> => {
  if (Boolean(employeeId) === Boolean(departmentId))
    throw invalidField(`${path}departmentId`, 'ONE_OF', 'Name a person or a department, not both.', {
      fields: 'employeeId, departmentId',
    });
  return onceIn(tx, `target/${employeeId}/${departmentId}`, () =>
    employeeId ? person(service, employeeId, `${path}employeeId`) : department(tx, departmentId, `${path}departmentId`),
  );
};

/** By the same scope that rows are seen by: those of new targets are not there yet to be asked. */
export const demandReach = async (tx: Tx, subjects: Subject[], caller: Caller): Promise<void> => {
  const owners = subjects.map(({ owner_id }) => owner_id);
  const departments = subjects.map(({ department_id }) => department_id);
  const { rows } = await sql`
    select from (select null::uuid as id, * from unnest(${owners}::uuid[], ${departments}::uuid[]) as named (owner_id, department_id)) as target
    where (${target.reach(caller, 'set', 'target')}) is not true limit 1`.execute(tx.sql);
  if (rows.length) throw denied('target.set');
};
