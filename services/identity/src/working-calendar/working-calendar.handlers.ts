import { workingTime } from '@pelagic/capabilities/calendar/working-time';
import { getRecord } from '@pelagic/capabilities/record/records';
import { now } from '@pelagic/chassis/clock';
import { once } from '@pelagic/chassis/once';
import type { Handlers } from '@pelagic/chassis/rpc';
import { WorkingCalendarServiceService } from '@pelagic/proto/crm/identity/v1/working_calendar';
import { sql } from 'kysely';
import { administer } from '../audit/audit.ts';
import type { IdentityService } from '../identity-service.ts';
import { readHolidays } from './holidays.ts';
import { workingCalendar, workingCalendarMessage, type WorkingCalendarRow } from './working-calendar.ts';
import { createCalendar, importHolidays, updateCalendar } from './write-calendar.ts';

/** People look at calendars one by one. */
const CALENDARS_MAX = 200;

export const workingCalendarHandlers = ({ database }: IdentityService): Handlers<WorkingCalendarServiceService> => {
  const answer = (row: WorkingCalendarRow) => ({ workingCalendar: workingCalendarMessage(row) });
  return {
    createWorkingCalendar: (request, caller) =>
      administer(database, 'create_working_calendar', (tx) =>
        once(tx, caller, WorkingCalendarServiceService.createWorkingCalendar, request, async () =>
          answer(await createCalendar(tx, request.workingCalendar!, caller)),
        ),
      ),
    updateWorkingCalendar: async ({ id, workingCalendar: message }, caller) =>
      answer(await administer(database, 'update_working_calendar', (tx) => updateCalendar(tx, id, message!, caller))),
    getWorkingCalendar: async ({ id }, caller) =>
      answer(await getRecord<WorkingCalendarRow>(database.sql, workingCalendar, id, caller)),
    listWorkingCalendars: async ({ includeInactive }) => {
      const { rows } = await sql<WorkingCalendarRow>`
        select * from working_calendar where active or ${includeInactive}
        order by "default" desc, active desc, lower(name) limit ${CALENDARS_MAX}`.execute(database.sql);
      return { workingCalendars: rows.map(workingCalendarMessage) };
    },
    importHolidays: async ({ id, year, text, version, validateOnly }, caller) => {
      const holidays = readHolidays(text, year);
      const { row, exceptions } = validateOnly
        ? await database.rehearse((tx) => importHolidays(tx, id, holidays, caller, version))
        : await administer(database, 'import_holidays', (tx) => importHolidays(tx, id, holidays, caller, version));
      return { ...answer(row), exceptions };
    },
    addWorkingTime: async ({ id, startTime, minutes }, caller) => {
      const row = await getRecord<WorkingCalendarRow>(database.sql, workingCalendar, id, caller);
      const time = workingTime({ timeZone: row.time_zone, week: row.week, exceptions: row.exceptions });
      return { endTime: time.add(startTime ? new Date(startTime) : now(), minutes).toISOString() };
    },
  };
};
