import { sql, type Kysely } from 'kysely';
import { permissionsOf, type RoleRules } from './grants.ts';

/** More than these need not hear of one thing. */
const HOLDERS_MAX = 50;

type Role = RoleRules & { id: string };

/** People who may sign in and whose roles give a permission, the longest here first. */
export const holdersOf = async (db: Kysely<any>, permission: string): Promise<string[]> => {
  const { rows: roles } = await sql<Role>`
    select id, kind is not distinct from 'administrator' as administrator, permissions, fields from role where delete_time is null`.execute(
    db,
  );
  const giving = roles.filter((role) => permissionsOf([role]).has(permission));
  const { rows: people } = await sql<{ id: string; role_ids: string[] }>`
    select id, role_ids from employee where state = 'EMPLOYEE_STATE_ACTIVE' and role_ids && ${giving.map(({ id }) => id)}::text[]
    order by id`.execute(db);
  // Another of their roles may deny it.
  const holds = ({ role_ids }: { role_ids: string[] }): boolean =>
    permissionsOf(roles.filter(({ id }) => role_ids.includes(id))).has(permission);
  return people
    .filter(holds)
    .slice(0, HOLDERS_MAX)
    .map(({ id }) => id);
};
