import { applyChange, changeAtOnce, type RecordRow } from '@pelagic/capabilities/record/records';
import { visible } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import { invalidField, type Problem } from '@pelagic/chassis/problem';
import { sql, type RawBuilder } from 'kysely';
import { customer, type CustomerRow } from '../customer/customer.ts';
import { lead, type LeadRow } from '../lead/lead.ts';
import { SUBJECTS, subjectVisible, type ActivityRow } from './activity.ts';

type Contacted = { next_contact_date: string | null; last_contact_time: string | null };

const isNewest = (last: string | null, time: string): boolean => !last || new Date(time) >= new Date(last);

const nounOf = (subject: ActivityRow['subject_noun']) => (subject === 'lead' ? lead : customer);

/** Where the follow-up is the newest of its subject: one that is entered late does not take back what was promised since. */
const newer = (time: string): RawBuilder<boolean> =>
  sql`(last_contact_time is null or last_contact_time <= ${time}::timestamptz)`;

const contactsOf = ({ happen_time, next_contact_date }: ActivityRow): Record<string, RawBuilder<unknown>> => ({
  last_contact_time: sql`greatest(last_contact_time, ${happen_time}::timestamptz)`,
  next_contact_date: sql`case when ${newer(happen_time)} then ${next_contact_date}::date else next_contact_date end`,
});

/** The first follow-up of a lead that was only assigned begins the contact. */
const touchLead = (tx: Tx, row: ActivityRow, caller: Caller) => {
  const assigned = sql<boolean>`state = 'LEAD_STATE_ASSIGNED'`;
  const verb = (before: LeadRow, after: LeadRow) => (before.state === after.state ? 'updated' : 'state_changed');
  return changeAtOnce<LeadRow>(tx, lead, row.subject_id, caller, {
    action: 'read',
    verb,
    values: { ...contactsOf(row), state: sql`case when ${assigned} then 'LEAD_STATE_CONTACTING' else state end` },
    when: sql`(${newer(row.happen_time)} or ${assigned})`,
  });
};

const touchCustomer = (tx: Tx, row: ActivityRow, caller: Caller) =>
  changeAtOnce<CustomerRow>(tx, customer, row.subject_id, caller, {
    action: 'read',
    verb: () => 'updated',
    values: contactsOf(row),
    when: newer(row.happen_time),
  });

/** Contact dates of an opportunity are this service's own, and no part of its record. */
const touchOpportunity = (tx: Tx, row: ActivityRow, caller: Caller) =>
  tx.sql
    .updateTable(SUBJECTS.opportunity)
    .set(contactsOf(row))
    .where('id', '=', row.subject_id)
    .where(newer(row.happen_time))
    .where(visible(caller, 'opportunity.read', { noun: 'opportunity', table: SUBJECTS.opportunity }))
    .returning('id')
    .executeTakeFirst();

const TOUCH = { lead: touchLead, customer: touchCustomer, opportunity: touchOpportunity };

/** Moves the subject's last and next contact along. */
export const touchSubject = async (tx: Tx, row: ActivityRow, caller: Caller): Promise<void> => {
  const { subject_noun: noun, subject_id: id } = row;
  if (await TOUCH[noun](tx, row, caller)) return;
  const { rows } = await sql`select where ${subjectVisible(caller, sql`${noun}`, sql`${id}::uuid`)}`.execute(tx.sql);
  if (!rows.length) throw unknownSubject();
};

const unknownSubject = (): Problem =>
  invalidField('activity.subjectId', 'UNKNOWN_RECORD', 'There is no such record, or it is not yours to see.');

/** What the newest follow-up that stands says; nothing when all were taken back. */
const newestOf = async (tx: Tx, subjectId: string): Promise<Contacted> => {
  const { rows } = await sql<{ happen_time: string; next_contact_date: string | null }>`
    select happen_time, next_contact_date from activity where subject_id = ${subjectId} and delete_time is null
    order by happen_time desc, id desc limit 1`.execute(tx.sql);
  return { last_contact_time: rows[0]?.happen_time ?? null, next_contact_date: rows[0]?.next_contact_date ?? null };
};

/**
 * A follow-up was corrected or taken back: when it was the newest, or is now, the subject's contacts are those of the
 * newest that stands. Whoever logged it may correct it, also when the subject is no longer theirs to see.
 */
export const correctSubject = async (tx: Tx, before: ActivityRow, after: ActivityRow): Promise<void> => {
  const { subject_noun, subject_id } = after;
  const table = SUBJECTS[subject_noun];
  const { rows } = await sql<RecordRow & Contacted>`
    select * from ${sql.table(table)} where id = ${subject_id} for update`.execute(tx.sql);
  const [locked] = rows;
  if (
    !locked ||
    (!isNewest(locked.last_contact_time, before.happen_time) && !isNewest(locked.last_contact_time, after.happen_time))
  )
    return;
  const newest = await newestOf(tx, subject_id);
  if (subject_noun === 'opportunity')
    await tx.sql.updateTable(table).set(newest).where('id', '=', subject_id).execute();
  else
    await applyChange(tx, nounOf(subject_noun), locked, { verb: 'updated' }, (row) => void Object.assign(row, newest));
};
