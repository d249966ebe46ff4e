import { changeRecord } from '@pelagic/capabilities/record/records';
import type { Caller } from '@pelagic/chassis/caller';
import type { Database } from '@pelagic/chassis/database';
import { sql } from 'kysely';
import { administer } from '../audit/audit.ts';
import { onDate } from '../placement/placement.ts';
import { department, type DepartmentRow } from './department.ts';

/** Departments whose planned parent takes effect: their record shows it, and an event tells it. */
export const settleDepartments = async (database: Database, caller: Caller, today: string): Promise<void> => {
  const { rows } = await sql<{ id: string }>`
    select department.id from department join department_span span on span.department_id = department.id and span.begin_date <= ${today}::date and span.end_date > ${today}::date
    where span.parent_id is distinct from department.parent_id limit 500`.execute(database.sql);
  for (const { id } of rows) {
    await administer(database, 'move_department', (tx) =>
      changeRecord<DepartmentRow>(tx, department, id, caller, { action: 'manage', verb: 'moved' }, (row) => {
        row.parent_id = onDate(row.placements, today)?.parentId ?? null;
      }),
    );
  }
};
