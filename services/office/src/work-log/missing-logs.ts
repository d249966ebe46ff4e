import type { ListMissingWorkLogsRequest, ListMissingWorkLogsResponse } from '@pelagic/proto/crm/office/v1/work_log';
import { visible } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import { today } from '@pelagic/chassis/enterprise';
import { sql, type RawBuilder } from 'kysely';
import type { OfficeService } from '../office-service.ts';
import { isWorkingDay } from './work-log.ts';

const SHOWN_MAX = 500;

/** Whoever may write logs is to write them: people with a role that says so, as long as they work here. */
export const expected: RawBuilder<unknown> = sql`
  select directory_employee.id, directory_employee.id as owner_id, directory_employee.department_id, directory_employee.name
  from directory_employee join reporting_employee on reporting_employee.id = directory_employee.id
  where reporting_employee.active
    and reporting_employee.role_ids && array(select id::text from reporting_role where logs)`;

/** Whether a person of `expected` has submitted theirs of a date. */
export const submitted = (date: string): RawBuilder<boolean> => sql`exists (select from work_log
  where work_log.owner_id = person.id and work_log.date = ${date}::date and work_log.state = 'WORK_LOG_STATE_SUBMITTED')`;

type Row = { id: string; department_id: string };

/** Of those whose logs the caller may read. */
export const listMissing = async (
  { database, calendars }: OfficeService,
  { date: asked, departmentId }: ListMissingWorkLogsRequest,
  caller: Caller,
): Promise<ListMissingWorkLogsResponse> => {
  const date = asked || today();
  const theirs = sql`
    from (${expected}) person where ${visible(caller, 'work_log.read', { noun: 'work_log', table: 'person' })}
      and ${departmentId ? sql`person.department_id = ${departmentId}::uuid` : sql`true`}`;
  const [{ rows }, counted, time] = await Promise.all([
    sql<Row>`select person.id, person.department_id ${theirs} and not ${submitted(date)}
      order by person.name, person.id limit ${SHOWN_MAX + 1}`.execute(database.sql),
    sql<{ n: number }>`select count(*)::int as n ${theirs} and ${submitted(date)}`.execute(database.sql),
    calendars.of(database.sql),
  ]);
  return {
    missing: rows.slice(0, SHOWN_MAX).map(({ id, department_id }) => ({ employeeId: id, departmentId: department_id })),
    more: rows.length > SHOWN_MAX,
    workingDay: isWorkingDay(time, date),
    submittedCount: counted.rows[0]?.n ?? 0,
  };
};
