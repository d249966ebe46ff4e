import { repeated } from '@pelagic/capabilities/repeated/repeated';
import { serviceCaller } from '@pelagic/chassis/caller';
import { runIn } from '@pelagic/chassis/context';
import type { Database, Tx } from '@pelagic/chassis/database';
import type { Directory } from '@pelagic/chassis/directory';
import { enterpriseTimeZone } from '@pelagic/chassis/enterprise';
import type { Log } from '@pelagic/chassis/log';
import type { Part } from '@pelagic/chassis/service';
import { sql } from 'kysely';
import { stands } from '../follow-up/follow-up.ts';
import type { NotificationKind } from '../notification/notification.ts';
import { notify } from '../notification/notify.ts';

const LOOK_MS = 5_000;
const LONG_MS = 30_000;
/** Told in one transaction. */
const AT_ONCE = 50;

type Due = {
  source_id: string;
  employee_id: string;
  kind: NotificationKind;
  record_noun: string;
  record_id: string;
  moment: string;
  /** False of a promise that was kept, or made anew, since. */
  holds: boolean;
};

/** Takes what is due away. Whoever looks at the same time leaves these alone; with a transaction that fails they are due again. */
const take = async (tx: Tx, at: Date): Promise<Due[]> => {
  const { rows } = await sql<Due>`
    with due as (
      select source_id, employee_id from reminder
      where fire_time <= ${at.toISOString()}::timestamptz
        or local_time <= (${at.toISOString()}::timestamptz at time zone ${enterpriseTimeZone()})
      limit ${AT_ONCE} for update skip locked)
    delete from reminder using due
    where reminder.source_id = due.source_id and reminder.employee_id = due.employee_id
    returning reminder.source_id, reminder.employee_id, kind, record_noun, record_id,
      coalesce(fire_time::text, local_time::text) as moment,
      coalesce((select ${stands('follow_up')} from follow_up where follow_up.id = reminder.source_id), true) as holds`.execute(
    tx.sql,
  );
  return rows;
};

type Firing = { database: Database; directory: Pick<Directory, 'employee'> };

/** Tells what is due at a moment, each person once, and answers how many reminders it took; call again until there are none. */
export const fireReminders = ({ database, directory }: Firing, at = new Date()): Promise<number> =>
  database.transact(async (tx) => {
    const due = await take(tx, at);
    for (const { source_id, employee_id, kind, record_noun, record_id, moment, holds } of due) {
      if (!holds || !(await directory.employee(employee_id))?.active) continue;
      await notify(tx, {
        employeeId: employee_id,
        kind,
        cause: `${source_id}/${moment}`,
        recordNoun: record_noun,
        recordId: record_id,
        actorId: undefined,
      });
    }
    return due.length;
  });

/** Reminds everybody in time, for as long as the process runs; several processes share the work. */
export const remind = ({ log, ...firing }: Firing & { log: Log }): Part => {
  const fire = () =>
    runIn({ caller: serviceCaller('office'), deadline: Date.now() + LONG_MS }, () => fireReminders(firing));
  const work = async (goesOn: () => boolean): Promise<void> => {
    while (goesOn() && (await fire()) === AT_ONCE);
  };
  return repeated({ name: 'reminders', everyMs: LOOK_MS, log, work });
};
