import { applyChange, changeAtOnce, type RecordRow } from '@pelagic/capabilities/record/records';
import { visible } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import { invalidField, type Problem } from '@pelagic/chassis/problem';
import { sql, type RawBuilder } from 'kysely';
import { customer, type CustomerRow } from '../customer/customer.ts';
import { lead, type LeadRow } from '../lead/lead.ts';
import { dayOf, isContact, SUBJECTS, type ActivityRow, type SubjectNoun } from './activity.ts';

type Contacted = { next_contact_date: string | null; last_contact_time: string | null };

const isNewest = (last: string | null, time: string): boolean => !last || new Date(time) >= new Date(last);

const nounOf = (subject: ActivityRow['subject_noun']) => (subject === 'lead' ? lead : customer);

/** Where the follow-up is the newest of its subject: one that is entered late does not take back what was promised since. */
const newer = ({ happen_time }: ActivityRow): RawBuilder<boolean> =>
  sql`(last_contact_time is null or last_contact_time <= ${happen_time}::timestamptz)`;

/** A new promise takes the place of the old one; without one a contact keeps what was promised until its day, and no later promise. */
const promised = (row: ActivityRow): RawBuilder<unknown> =>
  row.next_contact_date
    ? sql`${row.next_contact_date}::date`
    : sql`case when next_contact_date <= ${dayOf(row)}::date then null else next_contact_date end`;

const contactsOf = (row: ActivityRow): Record<string, RawBuilder<unknown>> => ({
  ...(isContact(row) && { last_contact_time: sql`greatest(last_contact_time, ${row.happen_time}::timestamptz)` }),
  next_contact_date: sql`case when ${newer(row)} then ${promised(row)} else next_contact_date end`,
});

/** The first contact with a lead that was only assigned moves it on. */
const touchLead = (tx: Tx, row: ActivityRow, caller: Caller) => {
  const assigned = isContact(row) ? sql<boolean>`state = 'LEAD_STATE_ASSIGNED'` : sql<boolean>`false`;
  const verb = (before: LeadRow, after: LeadRow) => (before.state === after.state ? 'updated' : 'state_changed');
  return changeAtOnce<LeadRow>(tx, lead, row.subject_id, caller, {
    action: 'update',
    verb,
    values: { ...contactsOf(row), state: sql`case when ${assigned} then 'LEAD_STATE_CONTACTING' else state end` },
    when: sql`(${newer(row)} or ${assigned})`,
  });
};

const touchCustomer = (tx: Tx, row: ActivityRow, caller: Caller) =>
  changeAtOnce<CustomerRow>(tx, customer, row.subject_id, caller, {
    action: 'update',
    verb: () => 'updated',
    values: contactsOf(row),
    when: newer(row),
  });

const reachOfOpportunity = (caller: Caller, action: string): RawBuilder<boolean> =>
  visible(caller, `opportunity.${action}`, { noun: 'opportunity', table: SUBJECTS.opportunity });

/** Contact dates of an opportunity are this service's own, and no part of its record. */
const touchOpportunity = (tx: Tx, row: ActivityRow, caller: Caller) =>
  tx.sql
    .updateTable(SUBJECTS.opportunity)
    .set(contactsOf(row))
    .where('id', '=', row.subject_id)
    .where(newer(row))
    .where(reachOfOpportunity(caller, 'update'))
    .returning('id')
    .executeTakeFirst();

const TOUCH = { lead: touchLead, customer: touchCustomer, opportunity: touchOpportunity };

const REACH: Record<SubjectNoun, (caller: Caller, action: string) => RawBuilder<boolean>> = {
  lead: (caller, action) => lead.reach(caller, action, 'lead'),
  customer: (caller, action) => customer.reach(caller, action, 'customer'),
  opportunity: reachOfOpportunity,
};

/** Moves the subject's last and next contact along. False when the caller may see the subject and not change it: it stays. */
export const touchSubject = async (tx: Tx, row: ActivityRow, caller: Caller): Promise<boolean> => {
  const { subject_noun: noun, subject_id: id } = row;
  const moves = isContact(row) || row.next_contact_date;
  if (moves && (await TOUCH[noun](tx, row, caller))) return true;
  const { rows } = await sql<{ counts: boolean }>`
    select ${REACH[noun](caller, 'update')} as counts from ${sql.table(SUBJECTS[noun])}
    where id = ${id}::uuid and delete_time is null and ${REACH[noun](caller, 'read')}`.execute(tx.sql);
  if (!rows[0]) throw unknownSubject();
  return rows[0].counts;
};

const unknownSubject = (): Problem =>
  invalidField('activity.subjectId', 'UNKNOWN_RECORD', 'There is no such record, or it is not yours to see.');

/** What the follow-ups that stand say together; nothing when all were taken back. */
const contactsOfAll = async (tx: Tx, subjectId: string): Promise<Contacted> => {
  const { rows } = await sql<Pick<ActivityRow, 'kind' | 'happen_time' | 'next_contact_date'>>`
    select kind, happen_time, next_contact_date from activity
    where subject_id = ${subjectId} and counts and delete_time is null order by happen_time, id`.execute(tx.sql);
  const contacts: Contacted = { last_contact_time: null, next_contact_date: null };
  for (const row of rows) {
    if (isContact(row)) contacts.last_contact_time = row.happen_time;
    const kept = contacts.next_contact_date;
    if (row.next_contact_date) contacts.next_contact_date = row.next_contact_date;
    else if (isContact(row) && kept && kept <= dayOf(row)) contacts.next_contact_date = null;
  }
  return contacts;
};

/**
 * A follow-up was corrected or taken back: when it was the newest, or is now, the subject's contacts are those of the
 * ones that stand. Whoever logged it may correct it, also when the subject is no longer theirs to see.
 */
export const correctSubject = async (tx: Tx, before: ActivityRow, after: ActivityRow): Promise<void> => {
  const { subject_noun, subject_id } = after;
  const table = SUBJECTS[subject_noun];
  const { rows } = await sql<RecordRow & Contacted>`
    select * from ${sql.table(table)} where id = ${subject_id} for update`.execute(tx.sql);
  const [locked] = rows;
  if (
    !locked ||
    !after.counts ||
    (!isNewest(locked.last_contact_time, before.happen_time) && !isNewest(locked.last_contact_time, after.happen_time))
  )
    return;
  const contacts = await contactsOfAll(tx, subject_id);
  if (subject_noun === 'opportunity')
    await tx.sql.updateTable(table).set(contacts).where('id', '=', subject_id).execute();
  else
    await applyChange(
      tx,
      nounOf(subject_noun),
      locked,
      { verb: 'updated' },
      (row) => void Object.assign(row, contacts),
    );
};
