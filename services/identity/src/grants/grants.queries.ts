import { Problem } from '@pelagic/chassis/problem';
import type { GetGrantsResponse } from '@pelagic/proto/crm/identity/v1/session';
import { sql, type Kysely } from 'kysely';
import { fieldsOf, grantedPermissions, narrowed, permissionsOf, type RoleRules } from './grants.ts';

type Person = {
  state: string;
  role_ids: string[];
  extra_department_ids: string[];
  department_id: string;
  locale: string;
  time_zone: string;
};

export const callerGone = (): Problem =>
  new Problem('UNAUTHENTICATED', 'CALLER_GONE', 'The caller may no longer sign in.');

/** The person as of a day, while they may sign in. Throws UNAUTHENTICATED otherwise. */
const personOn = async (db: Kysely<any>, employeeId: string, day: string): Promise<Person> => {
  const { rows } = await sql<Person>`
    select employee.state, employee.role_ids, employee.extra_department_ids, span.department_id,
      coalesce(nullif(employee.locale, ''), enterprise.locale) as locale, coalesce(nullif(employee.time_zone, ''), enterprise.time_zone) as time_zone
    from employee join employee_span span on span.employee_id = employee.id and span.begin_date <= ${day} and span.end_date > ${day}
      cross join enterprise
    where employee.id = ${employeeId}`.execute(db);
  const [person] = rows;
  if (person?.state !== 'EMPLOYEE_STATE_ACTIVE') throw callerGone();
  return person;
};

export const rolesOf = async (db: Kysely<any>, roleIds: string[]): Promise<RoleRules[]> => {
  const { rows } =
    await sql<RoleRules>`select kind is not distinct from 'administrator' as administrator, permissions, fields from role where id = any(${roleIds}::uuid[]) and delete_time is null`.execute(
      db,
    );
  return rows;
};

/** Everybody below in the reporting line on a day, at any depth. */
export const subordinatesOf = async (db: Kysely<any>, employeeId: string, day: string): Promise<string[]> => {
  const { rows } = await sql<{ id: string }>`
    with recursive below(id) as (
      select employee_id from employee_span where manager_id = ${employeeId} and begin_date <= ${day} and end_date > ${day}
      union select span.employee_id from employee_span span join below on span.manager_id = below.id where span.begin_date <= ${day} and span.end_date > ${day}
    ) select id from below`.execute(db);
  return rows.map(({ id }) => id);
};

/** The departments with all below them on a day. */
export const departmentsFrom = async (db: Kysely<any>, departmentIds: string[], day: string): Promise<string[]> => {
  const { rows } = await sql<{ id: string }>`
    with recursive below(id) as (
      select unnest(${departmentIds}::uuid[])
      union select span.department_id from department_span span join below on span.parent_id = below.id where span.begin_date <= ${day} and span.end_date > ${day}
    ) select id from below`.execute(db);
  return rows.map(({ id }) => id);
};

/** What the API key narrows its employee's rights to. Throws UNAUTHENTICATED when the key is no longer good. */
const keyPermissions = async (db: Kysely<any>, apiKeyId: string): Promise<string[]> => {
  const { rows } = await sql<{
    permissions: string[];
  }>`select permissions from api_key where id = ${apiKeyId} and revoke_time is null and (expire_time is null or expire_time > now())`.execute(
    db,
  );
  if (!rows[0]) throw callerGone();
  return rows[0].permissions;
};

type Asked = { employeeId: string; apiKeyId: string; version: string; day: string };

/** What a person may do on a day, and whom and where it reaches. Throws UNAUTHENTICATED for who may not sign in. */
export const readGrants = async (
  db: Kysely<any>,
  { employeeId, apiKeyId, version, day }: Asked,
): Promise<GetGrantsResponse> => {
  const person = await personOn(db, employeeId, day);
  const departmentIds = [...new Set([person.department_id, ...person.extra_department_ids])];
  const [roles, departmentAndBelowIds, key] = await Promise.all([
    rolesOf(db, person.role_ids),
    departmentsFrom(db, departmentIds, day),
    apiKeyId ? keyPermissions(db, apiKeyId) : [],
  ]);
  const permissions = narrowed(permissionsOf(roles), key);
  // Everybody is below the head of the enterprise: ten thousand ids that nothing would ask for.
  const reports = [...permissions.values()].some((scopes) => scopes.includes('SUBORDINATES'));
  const subordinateIds = reports ? await subordinatesOf(db, employeeId, day) : [];
  return {
    grantsVersion: version,
    departmentId: person.department_id,
    subordinateIds,
    departmentIds,
    departmentAndBelowIds,
    permissions: grantedPermissions(permissions),
    fields: fieldsOf(roles),
    locale: person.locale,
    timeZone: person.time_zone,
  };
};
