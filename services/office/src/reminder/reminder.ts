import type { Tx } from '@pelagic/chassis/database';
import { enterpriseTimeZone } from '@pelagic/chassis/enterprise';
import { sql } from 'kysely';
import type { NotificationKind } from '../notification/notification.ts';

/** When a day reminds that names no time of its own: as work begins, and not at midnight. */
const MORNING = '09:00';

/** Somebody is to be told of a record: at an instant, or when the enterprise's wall clock shows `localTime`. */
export type Reminder = {
  sourceId: string;
  employeeId: string;
  kind: NotificationKind;
  recordNoun: string;
  recordId: string;
} & ({ fireTime: Date } | { localTime: string });

/** A date of the enterprise, at its own time or in the morning. */
export const onDate = (date: string, clock = ''): string => `${date}T${clock || MORNING}:00`;

const rowOf = (reminder: Reminder) => ({
  source_id: reminder.sourceId,
  employee_id: reminder.employeeId,
  kind: reminder.kind,
  record_noun: reminder.recordNoun,
  record_id: reminder.recordId,
  fire_time: 'fireTime' in reminder ? reminder.fireTime.toISOString() : null,
  local_time: 'localTime' in reminder ? reminder.localTime : null,
});

/**
 * What is remembered of these sources from now on, in the transaction that changed them. What lies in the past by the
 * real clock is not: history that is brought in, and what was told already. What is due and was not told yet stays: it is
 * looked for every few seconds only, and nobody would be told of a record that was changed between.
 */
export const settleReminders = async (tx: Tx, sourceIds: string[], reminders: Reminder[]): Promise<void> => {
  const wanted = JSON.stringify(reminders.map(rowOf));
  await sql`
    delete from reminder where source_id = any(${sourceIds}::uuid[]) and not exists (
      select from jsonb_populate_recordset(null::reminder, ${wanted}::jsonb) as wanted
      where wanted.source_id = reminder.source_id and wanted.employee_id = reminder.employee_id
        and wanted.fire_time is not distinct from reminder.fire_time
        and wanted.local_time is not distinct from reminder.local_time)`.execute(tx.sql);
  if (!reminders.length) return;
  await sql`
    insert into reminder (source_id, employee_id, kind, record_noun, record_id, fire_time, local_time)
    select source_id, employee_id, kind, record_noun, record_id, fire_time, local_time
    from jsonb_populate_recordset(null::reminder, ${wanted}::jsonb)
    where coalesce(fire_time, local_time at time zone ${enterpriseTimeZone()}) > now()
    on conflict do nothing`.execute(tx.sql);
};

/** A record as it was written, which from now on reminds as `remindersOf` says. */
export const reminding = async <R extends { id: string }>(
  tx: Tx,
  remindersOf: (row: R) => Reminder[],
  writing: Promise<R>,
): Promise<R> => {
  const row = await writing;
  await settleReminders(tx, [row.id], remindersOf(row));
  return row;
};
