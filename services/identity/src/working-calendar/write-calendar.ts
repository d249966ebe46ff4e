import type { Row } from '@pelagic/capabilities/record/mapping';
import { changeRecord, insertRecord } from '@pelagic/capabilities/record/records';
import type { Caller } from '@pelagic/chassis/caller';
import { brokenConstraint, type Tx } from '@pelagic/chassis/database';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { invalidField, Problem } from '@pelagic/chassis/problem';
import type { CalendarException, WorkingCalendar } from '@pelagic/proto/crm/identity/v1/working_calendar';
import { sql } from 'kysely';
import type { Holiday } from './holidays.ts';
import { workingCalendar, writeCalendar, type WorkingCalendarRow } from './working-calendar.ts';

/** Takes the default away from the calendar that has it. Changes of the default take turns. */
const handOverDefault = async (tx: Tx, to: string, caller: Caller): Promise<void> => {
  await sql`select pg_advisory_xact_lock(hashtext('working_calendar_default'))`.execute(tx.sql);
  const { rows } = await sql<{
    id: string;
  }>`select id from working_calendar where "default" and id <> ${to}::uuid`.execute(tx.sql);
  for (const { id } of rows)
    await changeRecord<WorkingCalendarRow>(
      tx,
      workingCalendar,
      id,
      caller,
      { action: 'manage', verb: 'updated' },
      (row) => void (row.default = false),
    );
};

const named = async <T>(work: Promise<T>): Promise<T> => {
  try {
    return await work;
  } catch (error) {
    if (brokenConstraint(error) !== 'working_calendar_name') throw error;
    const message = 'A calendar of this name exists already.';
    throw new Problem('ALREADY_EXISTS', 'DUPLICATE', message, {
      fields: [{ field: 'workingCalendar.name', reason: 'DUPLICATE', message }],
    });
  }
};

export const createCalendar = async (tx: Tx, message: WorkingCalendar, caller: Caller): Promise<WorkingCalendarRow> => {
  const columns = writeCalendar(message, undefined);
  const id = uuidv7();
  if (columns.default) await handOverDefault(tx, id, caller);
  return named(insertRecord<WorkingCalendarRow>(tx, workingCalendar, { id, ...(columns as unknown as Row) }, caller));
};

export const updateCalendar = async (
  tx: Tx,
  id: string,
  message: WorkingCalendar,
  caller: Caller,
): Promise<WorkingCalendarRow> => {
  if (message.default) await handOverDefault(tx, id, caller);
  return named(
    changeRecord<WorkingCalendarRow>(
      tx,
      workingCalendar,
      id,
      caller,
      { action: 'manage', verb: 'updated', version: message.version },
      (row) => void Object.assign(row, writeCalendar(message, row)),
    ),
  );
};

/** Free days have no hours; make-up workdays those of the calendar's first working day. */
const asExceptions = (holidays: Holiday[], { week }: WorkingCalendarRow): CalendarException[] => {
  const usual = week.filter(({ weekday }) => weekday === week[0]!.weekday).map(({ from, to }) => ({ from, to }));
  return holidays.map(({ date, name, works }) => ({ date, name, hours: works ? usual : [] }));
};

const EXCEPTIONS_MAX = 2_000;

/** Puts holidays over what stood on their dates. */
export const importHolidays = async (
  tx: Tx,
  id: string,
  holidays: Holiday[],
  caller: Caller,
  version: number,
): Promise<{ row: WorkingCalendarRow; exceptions: CalendarException[] }> => {
  let exceptions: CalendarException[] = [];
  const row = await changeRecord<WorkingCalendarRow>(
    tx,
    workingCalendar,
    id,
    caller,
    { action: 'manage', verb: 'updated', version },
    (draft) => {
      exceptions = asExceptions(holidays, draft);
      const dates = new Set(exceptions.map(({ date }) => date));
      draft.exceptions = [...draft.exceptions.filter(({ date }) => !dates.has(date)), ...exceptions].toSorted((a, b) =>
        a.date.localeCompare(b.date),
      );
      if (draft.exceptions.length > EXCEPTIONS_MAX)
        throw invalidField('text', 'TOO_MANY', `A calendar has at most ${EXCEPTIONS_MAX} exceptions.`, {
          max: String(EXCEPTIONS_MAX),
        });
    },
  );
  return { row, exceptions };
};
