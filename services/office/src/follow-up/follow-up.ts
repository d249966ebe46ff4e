import type { Activity } from '@pelagic/proto/crm/customer/v1/activity';
import { upsert } from '@pelagic/chassis/append';
import type { Database, Tx } from '@pelagic/chassis/database';
import { enterpriseTimeZone } from '@pelagic/chassis/enterprise';
import { projection, type Projection, type State } from '@pelagic/chassis/projection';
import { sql, type RawBuilder } from 'kysely';
import { onDate, settleReminders, type Reminder } from '../reminder/reminder.ts';

/** What calendars need of customer's follow-ups: who promised to be in touch with whom, and when. */

const followUpRow = ({ id, state }: State) => {
  const { ownerId, departmentId, kind, subjectNoun, subjectId, happenTime, nextContactDate, deleteTime } =
    state as unknown as Activity;
  return {
    id,
    owner_id: ownerId || null,
    department_id: departmentId || null,
    kind,
    subject_noun: subjectNoun,
    subject_id: subjectId,
    happen_time: happenTime,
    next_contact_date: nextContactDate ?? null,
    deleted: Boolean(deleteTime),
  };
};

type FollowUpRow = ReturnType<typeof followUpRow>;

const reminderOf = (row: FollowUpRow): Reminder[] =>
  row.owner_id && row.next_contact_date && !row.deleted
    ? [
        {
          sourceId: row.id,
          employeeId: row.owner_id,
          kind: 'NOTIFICATION_KIND_CONTACT_DUE',
          recordNoun: row.subject_noun,
          recordId: row.subject_id,
          localTime: onDate(row.next_contact_date),
        },
      ]
    : [];

/** Takes follow-ups as they are now: what each promises is remembered, and what it does not any more is forgotten. */
export const takeFollowUps = async (tx: Tx, states: State[]): Promise<void> => {
  const rows = states.map(followUpRow);
  await upsert(tx, 'follow_up', rows);
  await settleReminders(
    tx,
    rows.map(({ id }) => id),
    rows.flatMap(reminderOf),
  );
};

const forgetFollowUps = async (tx: Tx): Promise<void> => {
  await sql`delete from reminder where source_id in (select id from follow_up)`.execute(tx.sql);
  await tx.sql.deleteFrom('follow_up').execute();
};

type Options = { service: string; database: Database; address: string; token: () => Promise<string> };

export const followUpProjection = (options: Options): Projection =>
  projection({
    ...options,
    name: 'activity',
    from: 'customer',
    noun: 'activity',
    apply: takeFollowUps,
    clear: forgetFollowUps,
  });

/**
 * Whether what the follow-up of `table` promises still stands: a later one of the same person takes its place with a
 * promise of its own, and a contact on its day or after it (which a note is not) keeps it.
 */
export const stands = (table: string): RawBuilder<boolean> => {
  const of = (column: string) => sql.ref(`${table}.${column}`);
  return sql`(${of('next_contact_date')} is not null and not ${of('deleted')} and not exists (
    select from follow_up later where later.subject_id = ${of('subject_id')} and later.owner_id = ${of('owner_id')}
      and not later.deleted and (later.happen_time, later.id) > (${of('happen_time')}, ${of('id')})
      and (later.next_contact_date is not null or (later.kind <> 'ACTIVITY_KIND_NOTE'
        and (later.happen_time at time zone ${enterpriseTimeZone()})::date >= ${of('next_contact_date')}))))`;
};
