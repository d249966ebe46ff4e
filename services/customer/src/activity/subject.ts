import { applyChange, changeAtOnce, type RecordRow } from '@pelagic/capabilities/record/records';
import { visible } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import { invalidField, type Problem } from '@pelagic/chassis/problem';
import { sql, type RawBuilder } from 'kysely';
import { asProcess } from '../conversion/conversion.ts';
import { customer, type CustomerRow } from '../customer/customer.ts';
import { checkFollowUp, ENDED, lead, type LeadRow, type LeadState } from '../lead/lead.ts';
import { dayOf, isContact, SUBJECTS, type ActivityRow, type SubjectNoun } from './activity.ts';

type Contacted = { next_contact_date: string | null; last_contact_time: string | null };

const isNewest = (last: string | null, time: string): boolean => !last || new Date(time) >= new Date(last);

const nounOf = (subject: ActivityRow['subject_noun']) => (subject === 'lead' ? lead : customer);

/** Where the follow-up is the newest of its subject: one that is entered late does not take back what was promised since. */
const newer = ({ happen_time }: ActivityRow): RawBuilder<boolean> =>
  sql`(last_contact_time is null or last_contact_time <= ${happen_time}::timestamptz)`;

/** Contacts and promises, which a note without a promise is not. */
const TELLING = sql<boolean>`counts and delete_time is null and (kind <> 'ACTIVITY_KIND_NOTE' or next_contact_date is not null)`;

/** The same of a customer, whose last contact may have been about a deal: no follow-up of its own is newer. */
const newestOwn = ({ subject_id: id, happen_time: time }: ActivityRow): RawBuilder<boolean> =>
  sql`not exists (select from activity where subject_id = ${id}::uuid and happen_time > ${time}::timestamptz and ${TELLING})`;

/** A new promise takes the place of the old one; without one a contact keeps what was promised until its day, and no later promise. */
const promised = (row: ActivityRow): RawBuilder<unknown> =>
  row.next_contact_date
    ? sql`${row.next_contact_date}::date`
    : sql`case when next_contact_date <= ${dayOf(row)}::date then null else next_contact_date end`;

const contactsOf = (row: ActivityRow, newest = newer(row)): Record<string, RawBuilder<unknown>> => ({
  ...(isContact(row) && { last_contact_time: sql`greatest(last_contact_time, ${row.happen_time}::timestamptz)` }),
  next_contact_date: sql`case when ${newest} then ${promised(row)} else next_contact_date end`,
});

/** The first contact with a lead that was only assigned moves it on. */
const touchLead = (tx: Tx, row: ActivityRow, caller: Caller) => {
  const ended = row.next_contact_date ? ENDED : ['LEAD_STATE_CONVERTED'];
  const assigned = isContact(row) ? sql<boolean>`state = 'LEAD_STATE_ASSIGNED'` : sql<boolean>`false`;
  const verb = (before: LeadRow, after: LeadRow) => (before.state === after.state ? 'updated' : 'state_changed');
  return changeAtOnce<LeadRow>(tx, lead, row.subject_id, caller, {
    action: 'update',
    verb,
    values: { ...contactsOf(row), state: sql`case when ${assigned} then 'LEAD_STATE_CONTACTING' else state end` },
    when: sql`(${newer(row)} or ${assigned}) and state <> all(${ended})`,
  });
};

const touchCustomer = async (tx: Tx, row: ActivityRow, caller: Caller) => {
  const touch = (when: RawBuilder<boolean>) =>
    changeAtOnce<CustomerRow>(tx, customer, row.subject_id, caller, {
      action: 'update',
      verb: () => 'updated',
      values: contactsOf(row, sql`true`),
      when,
    });
  const touched = await touch(newer(row));
  if (touched) return touched;
  // Locked first, so that a follow-up of the same moment is among its own.
  await sql`select from customer where id = ${row.subject_id}::uuid for no key update`.execute(tx.sql);
  return touch(newestOwn(row));
};

const reachOfOpportunity = (caller: Caller, action: string): RawBuilder<boolean> =>
  visible(caller, `opportunity.${action}`, { noun: 'opportunity', table: SUBJECTS.opportunity });

/** Who was in touch about a deal was in touch with its customer, whoever may change that; what was promised stays with the deal. */
const touchCustomerOf = (tx: Tx, customerId: string, { happen_time }: ActivityRow, caller: Caller) =>
  changeAtOnce<CustomerRow>(tx, customer, customerId, asProcess(caller), {
    action: 'update',
    verb: () => 'updated',
    values: { last_contact_time: sql`${happen_time}::timestamptz` },
    when: sql`(last_contact_time is null or last_contact_time < ${happen_time}::timestamptz)`,
  });

/** Contact dates of an opportunity are this service's own, and no part of its record. */
const touchOpportunity = async (tx: Tx, row: ActivityRow, caller: Caller) => {
  const deal = await tx.sql
    .updateTable(SUBJECTS.opportunity)
    .set(contactsOf(row))
    .where('id', '=', row.subject_id)
    .where('delete_time', 'is', null)
    .where(newer(row))
    .where(reachOfOpportunity(caller, 'update'))
    .returning('customer_id')
    .executeTakeFirst();
  if (deal?.customer_id && isContact(row)) await touchCustomerOf(tx, deal.customer_id as string, row, caller);
  return deal;
};

/** The customer that a follow-up is about: itself, or that of a deal. */
export const customerOf = async (
  tx: Tx,
  { subject_noun: noun, subject_id: id }: ActivityRow,
): Promise<string | null> => {
  if (noun !== 'opportunity') return noun === 'customer' ? id : null;
  const { rows } = await sql<{ customer_id: string | null }>`
    select customer_id from opportunity_subject where id = ${id}::uuid`.execute(tx.sql);
  return rows[0]?.customer_id ?? null;
};

const TOUCH = { lead: touchLead, customer: touchCustomer, opportunity: touchOpportunity };

const REACH: Record<SubjectNoun, (caller: Caller, action: string) => RawBuilder<boolean>> = {
  lead: (caller, action) => lead.reach(caller, action, 'lead'),
  customer: (caller, action) => customer.reach(caller, action, 'customer'),
  opportunity: reachOfOpportunity,
};

/** May the caller change the subject? A lead that ended takes no promise, and a converted one no follow-up at all. */
const mayChange = async (tx: Tx, row: ActivityRow, caller: Caller): Promise<boolean> => {
  const { subject_noun: noun, subject_id: id } = row;
  const { rows } = await sql<{ counts: boolean; state: LeadState | null }>`
    select ${REACH[noun](caller, 'update')} as counts, ${noun === 'lead' ? sql`state` : sql`null`} as state from ${sql.table(SUBJECTS[noun])}
    where id = ${id}::uuid and delete_time is null and ${REACH[noun](caller, 'read')}`.execute(tx.sql);
  if (!rows[0]) throw unknownSubject();
  if (rows[0].state) checkFollowUp(rows[0].state, Boolean(row.next_contact_date));
  return rows[0].counts;
};

/** Moves the subject's last and next contact along. False when the caller may see the subject and not change it: it stays. */
export const touchSubject = async (tx: Tx, row: ActivityRow, caller: Caller): Promise<boolean> => {
  const moves = isContact(row) || row.next_contact_date;
  return Boolean(moves && (await TOUCH[row.subject_noun](tx, row, caller))) || mayChange(tx, row, caller);
};

/** A correction that promises something else is held to what a new follow-up is. */
export const checkPromise = async (tx: Tx, { subject_noun, subject_id, next_contact_date }: ActivityRow) => {
  if (subject_noun !== 'lead' || !next_contact_date) return;
  const { rows } = await sql<{ state: LeadState }>`select state from lead where id = ${subject_id}`.execute(tx.sql);
  if (rows[0]) checkFollowUp(rows[0].state, true);
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

/** When somebody was last in touch with a customer: about it, or about one of its deals. */
const lastContactOf = async (tx: Tx, customerId: string): Promise<string | null> => {
  const { rows } = await sql<{ time: string | null }>`
    select max(happen_time) as time from activity where counts and delete_time is null and kind <> 'ACTIVITY_KIND_NOTE'
      and (subject_id = ${customerId} or subject_id in (select id from opportunity_subject where customer_id = ${customerId}))`.execute(
    tx.sql,
  );
  return rows[0]!.time;
};

const locked = async <R>(tx: Tx, table: string, id: string): Promise<R | undefined> =>
  (await sql<R>`select * from ${sql.table(table)} where id = ${id} for update`.execute(tx.sql)).rows[0];

/** Neither when it happened nor when it is now said to have happened was another follow-up of the subject newer. */
const isNewestOwn = async (tx: Tx, before: ActivityRow, after: ActivityRow): Promise<boolean> => {
  const [time] = [before.happen_time, after.happen_time].toSorted((a, b) => Date.parse(b) - Date.parse(a));
  const { rows } = await sql<{
    newest: boolean;
  }>`select ${newestOwn({ ...after, happen_time: time! })} as newest`.execute(tx.sql);
  return rows[0]!.newest;
};

/** The customer of a deal, when it was this follow-up that was its last contact, or is now. */
const correctCustomerOf = async (tx: Tx, before: ActivityRow, after: ActivityRow): Promise<void> => {
  const customerId = await customerOf(tx, after);
  const row = customerId ? await locked<CustomerRow>(tx, 'customer', customerId) : undefined;
  const last = row?.last_contact_time ?? null;
  if (!row || ![before, after].some(({ happen_time: time }) => isNewest(last, time))) return;
  const time = await lastContactOf(tx, row.id);
  await applyChange(tx, customer, row, { verb: 'updated' }, (draft) => {
    draft.last_contact_time = time;
  });
};

/**
 * A follow-up was corrected or taken back: when it was the newest, or is now, the subject's contacts are those of the
 * ones that stand. Whoever logged it may correct it, also when the subject is no longer theirs to see. A converted lead
 * stays as it is.
 */
export const correctSubject = async (tx: Tx, before: ActivityRow, after: ActivityRow): Promise<void> => {
  const { subject_noun: noun, subject_id: id } = after;
  const table = SUBJECTS[noun];
  const row = await locked<RecordRow & Contacted & { state?: string }>(tx, table, id);
  if (!row || !after.counts || row.state === 'LEAD_STATE_CONVERTED') return;
  if (await isNewestOwn(tx, before, after)) {
    const contacts = await contactsOfAll(tx, id);
    // What a lead promised before it was given up does not come back.
    if (ENDED.includes(row.state as LeadState)) contacts.next_contact_date = row.next_contact_date;
    if (noun === 'customer') contacts.last_contact_time = await lastContactOf(tx, id);
    if (noun === 'opportunity') await tx.sql.updateTable(table).set(contacts).where('id', '=', id).execute();
    else await applyChange(tx, nounOf(noun), row, { verb: 'updated' }, (draft) => void Object.assign(draft, contacts));
  }
  if (noun === 'opportunity') await correctCustomerOf(tx, before, after);
};
