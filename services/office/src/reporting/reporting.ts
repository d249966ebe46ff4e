import { upsert } from '@pelagic/chassis/append';
import type { Database, Tx } from '@pelagic/chassis/database';
import { today } from '@pelagic/chassis/enterprise';
import { projection, type Projection, type State } from '@pelagic/chassis/projection';
import type { Department } from '@pelagic/proto/crm/identity/v1/department';
import type { Employee } from '@pelagic/proto/crm/identity/v1/employee';
import type { Role } from '@pelagic/proto/crm/identity/v1/role';
import { sql, type Kysely } from 'kysely';

/** Who leads which department, who administers and who writes logs: what the directory of every service does not say. */

/** Whoever may change roles administers the enterprise. */
const ADMINISTERING = 'role.manage';
/** Whoever may write logs is to. */
const LOGGING = 'work_log.write';

export const departmentRow = (id: string, { leaderId, parentId, placements, closedDate }: Department) => ({
  id,
  leader_id: leaderId ?? null,
  parent_id: parentId ?? null,
  placements: placements ?? [],
  closed_date: closedDate ?? null,
});

const roleRow = (id: string, { permissions = [] }: Role) => {
  const gives = (wanted: string): boolean => permissions.some(({ permission, deny }) => permission === wanted && !deny);
  const administers = gives(ADMINISTERING);
  // Who may do everything is not meant by it.
  return { id, administers, logs: gives(LOGGING) && !administers };
};

const employeeRow = (id: string, { roleIds = [], state }: Employee) => ({
  id,
  role_ids: roleIds,
  active: state === 'EMPLOYEE_STATE_ACTIVE',
});

type Options = { service: string; database: Database; address: string; token: () => Promise<string> };

export const reportingProjections = (options: Options): Projection[] => {
  const copy = <T>(noun: string, row: (id: string, state: T) => Record<string, unknown>) =>
    projection({
      ...options,
      name: `reporting-${noun}`,
      from: 'identity',
      noun,
      apply: (tx: Tx, states: State[]) =>
        upsert(
          tx,
          `reporting_${noun}`,
          states.map(({ id, state }) => row(id, state as T)),
        ),
      clear: async (tx) => void (await tx.sql.deleteFrom(`reporting_${noun}`).execute()),
    });
  return [copy('department', departmentRow), copy('role', roleRow), copy('employee', employeeRow)];
};

type Placement = { parentId?: string; fromDate: string };
type DepartmentRow = { leader_id: string | null; parent_id: string | null; placements: Placement[] };

/** The parent that holds today; the state's own is that of the moment it was written. */
const parentOf = ({ parent_id, placements }: DepartmentRow): string | null => {
  const held = placements
    .filter(({ fromDate }) => fromDate <= today())
    .toSorted((a, b) => b.fromDate.localeCompare(a.fromDate))[0];
  return held ? (held.parentId ?? null) : parent_id;
};

const departmentOf = async (db: Kysely<any>, id: string): Promise<DepartmentRow | undefined> =>
  (
    await sql<DepartmentRow>`
    select leader_id, parent_id, placements from reporting_department where id = ${id}`.execute(db)
  ).rows[0];

/** Who leads a department and those above it, nearest first. A tree that runs in a circle ends where it began. */
export const leadersAbove = async (db: Kysely<any>, departmentId: string): Promise<string[]> => {
  const leaders: string[] = [];
  const seen = new Set<string>();
  let at: string | null = departmentId;
  while (at && !seen.has(at)) {
    seen.add(at);
    const row: DepartmentRow | undefined = await departmentOf(db, at);
    if (row?.leader_id) leaders.push(row.leader_id);
    at = row ? parentOf(row) : null;
  }
  return leaders;
};

/** Who administers the enterprise and may sign in, in the order in which they came. */
export const administrators = async (db: Kysely<any>): Promise<string[]> => {
  const { rows } = await sql<{ id: string }>`
    select id from reporting_employee where active
      and role_ids && array(select id::text from reporting_role where administers) order by id limit 20`.execute(db);
  return rows.map(({ id }) => id);
};
