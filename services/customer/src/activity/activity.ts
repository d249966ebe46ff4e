import { defineNoun } from '@pelagic/capabilities/record/noun';
import type { RecordRow } from '@pelagic/capabilities/record/records';
import { may, visible } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import { dateIn, now } from '@pelagic/chassis/clock';
import { enterpriseTimeZone, today } from '@pelagic/chassis/enterprise';
import { invalidField, refused } from '@pelagic/chassis/problem';
import { sql, type RawBuilder } from 'kysely';

export type ActivityRow = RecordRow & {
  kind: string;
  subject_noun: SubjectNoun;
  subject_id: string;
  contact_id: string | null;
  content: string;
  happen_time: string;
  next_contact_date: string | null;
  owner_id: string | null;
  department_id: string | null;
  /** False when whoever logged it may not change the subject: it moves no dates there. */
  counts: boolean;
};

/** What an activity can hang on, and the table whose row decides who sees it. */
export const SUBJECTS = { lead: 'lead', customer: 'customer', opportunity: 'opportunity_subject' } as const;
export type SubjectNoun = keyof typeof SUBJECTS;

export const isSubject = (noun: string): noun is SubjectNoun => noun in SUBJECTS;

/** The rows whose subject the caller may see. `noun` and `id` are the columns that name the subject. */
export const subjectVisible = (
  caller: Caller,
  noun: RawBuilder<unknown>,
  id: RawBuilder<unknown>,
): RawBuilder<boolean> =>
  sql`(${sql.join(
    Object.entries(SUBJECTS).map(
      ([
        name,
        table,
      ]) => sql`(${noun} = ${name} and exists (select from ${sql.table(table)} where ${sql.ref(`${table}.id`)} = ${id}
        and ${sql.ref(`${table}.delete_time`)} is null and ${visible(caller, `${name}.read`, { noun: name, table })}))`,
    ),
    sql` or `,
  )})`;

/** Seen with the record it hangs on; changed by the person who did it. */
export const activity = defineNoun({
  noun: 'activity',
  search: { open: ['content'], guarded: [] },
  order: 'happen_time desc',
  reach: (caller, action, table) => {
    if (!may(caller, `activity.${action}`)) return sql`false`;
    if (action === 'update' || action === 'delete')
      return sql`${sql.ref(`${table}.owner_id`)} = ${caller.id || null}::uuid`;
    return subjectVisible(caller, sql.ref(`${table}.subject_noun`), sql.ref(`${table}.subject_id`));
  },
});

/** Calls, visits and mails are contacts; a note is none. */
export const isContact = ({ kind }: Pick<ActivityRow, 'kind'>): boolean => kind !== 'ACTIVITY_KIND_NOTE';

/** The day of it, in the enterprise's zone. */
export const dayOf = ({ happen_time }: Pick<ActivityRow, 'happen_time'>): string =>
  dateIn(enterpriseTimeZone(), new Date(happen_time));

/** Nothing has happened that is still to come; the past needs no next contact in the past. */
export const checkActivity = (row: ActivityRow, imported: boolean): void => {
  if (!row.content.trim()) throw invalidField('activity.content', 'REQUIRED', 'Say what was done.');
  if (!row.happen_time)
    throw invalidField('activity.happenTime', 'REQUIRED', 'A correction that names the time says when it was.');
  if (new Date(row.happen_time) > now())
    throw invalidField('activity.happenTime', 'IN_THE_FUTURE', 'What has been done cannot lie in the future.');
  if (!imported && row.next_contact_date && row.next_contact_date < dayOf(row))
    throw invalidField('activity.nextContactDate', 'IN_THE_PAST', 'The next contact lies before this one.');
};

/** Corrections are for the day itself; afterwards it is part of the story. */
export const checkCorrectable = (row: ActivityRow): void => {
  if (dateIn(enterpriseTimeZone(), new Date(row.create_time)) !== today()) {
    throw refused('ACTIVITY_CLOSED', 'An activity can be corrected only on the day it was logged.');
  }
};
