import { serviceCaller } from '@pelagic/chassis/caller';
import { runIn } from '@pelagic/chassis/context';
import type { Work } from '@pelagic/chassis/queue';
import { sql } from 'kysely';
import { notify } from '../notification/notify.ts';
import type { OfficeService } from '../office-service.ts';
import { expected, submitted } from './missing-logs.ts';
import { IN_TIME_UNTIL, workingDayBefore } from './work-log.ts';
import { workingDayAt } from './working-day.ts';

const LONG_MS = 60_000;
/** Told in one transaction. */
const AT_ONCE = 100;
/** Who was not reminded by then is left in peace until tomorrow. */
const LAST_HOUR = 18;

const causeOf = (date: string): string => `log/${date}`;

/** Tells some of those who submitted nothing of a day, and answers how many; none is told of the same day twice. */
const remindSome = ({ database }: Pick<OfficeService, 'database'>, date: string): Promise<number> =>
  database.transact(async (tx) => {
    const { rows } = await sql<{ id: string }>`
      select person.id from (${expected}) person where not ${submitted(date)}
        and not exists (select from notification where employee_id = person.id
          and kind = 'NOTIFICATION_KIND_LOG_MISSING' and cause = ${causeOf(date)})
        and not exists (select from notification_muted where employee_id = person.id and kind = 'NOTIFICATION_KIND_LOG_MISSING')
      order by person.id limit ${AT_ONCE}`.execute(tx.sql);
    for (const { id } of rows)
      await notify(tx, {
        employeeId: id,
        kind: 'NOTIFICATION_KIND_LOG_MISSING',
        cause: causeOf(date),
        recordNoun: 'work_log',
        recordId: id,
        actorId: undefined,
      });
    return rows.length;
  });

/** On a working day, from nine on: who has not submitted theirs of the working day before is told, once. */
export const remindOfLogs = async (
  service: Pick<OfficeService, 'database' | 'calendars'>,
  at = new Date(),
): Promise<void> => {
  const today = await workingDayAt(service, at, [IN_TIME_UNTIL, LAST_HOUR]);
  if (!today) return;
  const day = workingDayBefore(today.time, today.date);
  const some = () =>
    runIn({ caller: serviceCaller('office'), deadline: Date.now() + LONG_MS }, () => remindSome(service, day));
  while ((await some()) === AT_ONCE);
};

/** Looks every ten minutes, since a process may have been away at nine. */
export const logReminders = (service: OfficeService): Work<object> => ({
  queue: 'log-reminders',
  run: () => remindOfLogs(service),
  schedule: '*/10 * * * *',
});
