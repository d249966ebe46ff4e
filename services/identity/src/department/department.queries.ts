import type { Tx } from '@pelagic/chassis/database';
import { sql, type Kysely } from 'kysely';
import { spansOf } from '../placement/placement.ts';
import type { DepartmentRow, Remaining, Tree } from './department.ts';

/** All departments with their placements. An enterprise has thousands at most. */
export const readTree = async (db: Kysely<any>): Promise<Tree> => {
  const { rows } = await sql<DepartmentRow>`select id, placements, closed_date from department`.execute(db);
  return new Map(rows.map((row) => [row.id, row]));
};

/** Writes the placements once more as spans, which questions about a day are answered from. */
export const writeDepartmentSpans = async (tx: Tx, { id, placements }: DepartmentRow): Promise<void> => {
  await sql`delete from department_span where department_id = ${id}`.execute(tx.sql);
  const spans = spansOf(placements).map(({ placement, begin, end }) => ({
    department_id: id,
    parent_id: placement.parentId ?? null,
    begin_date: begin,
    end_date: end,
  }));
  await tx.sql.insertInto('department_span').values(spans).execute();
};

/** People who have not left and departments that are not closed, in the department on that day or planned for later. */
export const remainingIn = async (db: Kysely<any>, id: string, date: string): Promise<Remaining> => {
  const { rows } = await sql<{ people: string; departments: string }>`
    select
      (select count(distinct employee.id) from employee left join employee_span span on span.employee_id = employee.id and span.end_date > ${date}::date
        where employee.state <> 'EMPLOYEE_STATE_LEFT' and (span.department_id = ${id} or employee.extra_department_ids @> array[${id}::text])) as people,
      (select count(distinct department.id) from department join department_span span on span.department_id = department.id and span.end_date > ${date}::date
        where span.parent_id = ${id} and (department.closed_date is null or department.closed_date > ${date}::date)) as departments`.execute(
    db,
  );
  return { people: Number(rows[0]?.people), departments: Number(rows[0]?.departments) };
};

/** Of the given people those who exist and have not left. */
export const presentEmployees = async (db: Kysely<any>, ids: (string | null)[]): Promise<Set<string>> => {
  const asked = ids.filter((id) => id !== null);
  const { rows } = await sql<{
    id: string;
  }>`select id from employee where id = any(${asked}::uuid[]) and state <> 'EMPLOYEE_STATE_LEFT'`.execute(db);
  return new Set(rows.map(({ id }) => id));
};

/** The tree as it stands on a day: each department with the parent of that day. */
export const departmentsOn = async (
  db: Kysely<any>,
  date: string,
  includeClosed: boolean,
): Promise<DepartmentRow[]> => {
  const { rows } = await sql<DepartmentRow>`
    select department.*, span.parent_id from department
      join department_span span on span.department_id = department.id and span.begin_date <= ${date}::date and span.end_date > ${date}::date
    where ${includeClosed} or department.closed_date is null or department.closed_date > ${date}::date
    order by department.name, department.id`.execute(db);
  return rows;
};

/** Who else has the code or the identity of an import. */
export const sameDepartment = async (
  db: Kysely<any>,
  { id, code, external_id: externalId }: DepartmentRow,
): Promise<{ code: boolean; externalId: boolean } | undefined> => {
  const { rows } = await sql<{ code: boolean; externalId: boolean }>`
    select bool_or(lower(code) = lower(${code})) as code, bool_or(external_id = ${externalId}) as "externalId" from department
    where id is distinct from ${id ?? null}::uuid and ((${code} <> '' and lower(code) = lower(${code})) or (${externalId} <> '' and external_id = ${externalId}))`.execute(
    db,
  );
  return rows[0];
};
