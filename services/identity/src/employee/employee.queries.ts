import type { Tx } from '@pelagic/chassis/database';
import { today } from '@pelagic/chassis/enterprise';
import { refused } from '@pelagic/chassis/problem';
import { sql, type Kysely } from 'kysely';
import type { DepartmentRow } from '../department/department.ts';
import { spansOf } from '../placement/placement.ts';
import type { Directory, EmployeeRow, Taken } from './employee.ts';
import { beginDate } from './employment.ts';

/** What the rules of a placement need: the department, and everybody who is above the manager on any day. */
export const readDirectory = async (
  db: Kysely<any>,
  departmentId: string,
  managerId: string | undefined,
): Promise<Directory> => {
  const { rows: departments } = await sql<DepartmentRow>`
    select id, placements, closed_date from department where id = ${departmentId}`.execute(db);
  const { rows: people } = await sql<EmployeeRow>`
    with recursive above(id) as (
      select ${managerId ?? null}::uuid
      union
      select span.manager_id from employee_span span join above on span.employee_id = above.id where span.manager_id is not null
    ) select id, name, placements, state from employee where id in (select id from above)`.execute(db);
  return {
    tree: new Map(departments.map((row) => [row.id, row])),
    people: new Map(people.map((row) => [row.id, row])),
  };
};

/** Which of the departments there are. */
export const knownDepartments = async (db: Kysely<any>, ids: string[]): Promise<Set<string>> => {
  const { rows } = await sql<{ id: string }>`select id from department where id::text = any(${ids}::text[])`.execute(
    db,
  );
  return new Set(rows.map(({ id }) => id));
};

/** Writes the placements once more as spans, which questions about a day are answered from. */
export const writeEmployeeSpans = async (tx: Tx, { id, placements }: EmployeeRow): Promise<void> => {
  await sql`delete from employee_span where employee_id = ${id}`.execute(tx.sql);
  const spans = spansOf(placements).map(({ placement, begin, end }) => ({
    employee_id: id,
    department_id: placement.departmentId,
    manager_id: placement.managerId ?? null,
    begin_date: begin,
    end_date: end,
  }));
  await tx.sql.insertInto('employee_span').values(spans).execute();
};

/** Which of the things that are one person's only somebody else has. */
export const takenByOthers = async (db: Kysely<any>, row: EmployeeRow): Promise<Taken | undefined> => {
  const { rows } = await sql<Taken>`
    select bool_or(login = ${row.login}) as login, bool_or(email = ${row.email}) as email, bool_or(phone = ${row.phone}) as phone,
      bool_or(lower(employee_number) = lower(${row.employee_number})) as employee_number, bool_or(external_id <> '' and external_id = ${row.external_id}) as external_id
    from employee where id is distinct from ${row.id ?? null}::uuid and (login = ${row.login} or email = ${row.email} or phone = ${row.phone}
      or lower(employee_number) = lower(${row.employee_number}) or (external_id <> '' and external_id = ${row.external_id}))`.execute(
    db,
  );
  return rows[0];
};

/**
 * Refuses when nobody is left who may administer: somebody active, come already, with a password and the administrator's role, whom no
 * other role denies what it takes. Asked after the change, under the policy's lock, so that two at once cannot pass.
 */
export const refuseWithoutAdministrator = async (tx: Tx): Promise<void> => {
  const { rows } = await sql`
    select 1 from employee join credential on credential.employee_id = employee.id
    where employee.state = 'EMPLOYEE_STATE_ACTIVE' and employee.login is not null and ${beginDate} <= ${today()}
      and exists (select from role where role.id::text = any(employee.role_ids) and role.kind = 'administrator')
      and not exists (select from role cross join jsonb_array_elements(role.permissions) given where role.id::text = any(employee.role_ids) and role.delete_time is null
        and (given ->> 'deny')::boolean and given ->> 'permission' in ('employee.manage', 'role.manage'))
    limit 1`.execute(tx.sql);
  if (!rows.length)
    throw refused(
      'LAST_ADMINISTRATOR',
      'Nobody would be left who may administer. Make somebody else an administrator first.',
    );
};

export const hasPassword = async (db: Kysely<any>, employeeId: string): Promise<boolean> =>
  (await sql`select 1 from credential where employee_id = ${employeeId}`.execute(db)).rows.length > 0;

/** When the people of a page last signed in. */
export const lastSignIns = async (db: Kysely<any>, ids: string[]): Promise<Map<string, string>> => {
  const { rows } = await sql<{
    employee_id: string;
    last_sign_in_time: string;
  }>`select employee_id, last_sign_in_time from credential where employee_id = any(${ids}::uuid[]) and last_sign_in_time is not null`.execute(
    db,
  );
  return new Map(rows.map((row) => [row.employee_id, row.last_sign_in_time]));
};

/** People whose placement of the day is not the one that their record shows: a planned move takes effect. */
export const dueMoves = async (db: Kysely<any>, today: string): Promise<string[]> => {
  const { rows } = await sql<{ id: string }>`
    select employee.id from employee join employee_span span on span.employee_id = employee.id and span.begin_date <= ${today}::date and span.end_date > ${today}::date
    where span.department_id <> employee.department_id or span.manager_id is distinct from employee.manager_id limit 500`.execute(
    db,
  );
  return rows.map(({ id }) => id);
};
