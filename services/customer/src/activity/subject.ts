import { applyChange, lockRecord, type RecordRow } from '@pelagic/capabilities/record/records';
import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import { invalidField, Problem } from '@pelagic/chassis/problem';
import { sql } from 'kysely';
import { customer } from '../customer/customer.ts';
import { lead, type LeadRow } from '../lead/lead.ts';
import { SUBJECTS, subjectVisible, type ActivityRow } from './activity.ts';

type Contacted = { next_contact_date: string | null; last_contact_time: string | null };

const isNewest = (last: string | null, time: string): boolean => !last || new Date(time) >= new Date(last);

const nounOf = (subject: ActivityRow['subject_noun']) => (subject === 'lead' ? lead : customer);

/** Moves the subject's last and next contact along, and a lead that was only assigned to "contacting". */
export const touchSubject = async (
  tx: Tx,
  { subject_noun, subject_id, happen_time, next_contact_date }: ActivityRow,
  caller: Caller,
): Promise<void> => {
  if (subject_noun === 'opportunity') {
    const { rows } = await sql`
      update opportunity_subject set last_contact_time = greatest(last_contact_time, ${happen_time}::timestamptz),
        next_contact_date = case when last_contact_time > ${happen_time}::timestamptz then next_contact_date else ${next_contact_date}::date end
      where id = ${subject_id} and ${subjectVisible(caller, sql`'opportunity'`, sql`opportunity_subject.id`)} returning id`.execute(
      tx.sql,
    );
    if (!rows.length) throw unknownSubject();
    return;
  }
  const noun = nounOf(subject_noun);
  const locked = await lockRecord<RecordRow & Contacted>(tx, noun, subject_id, caller, { action: 'read' }).catch(
    (error: unknown) => {
      throw error instanceof Problem && error.code === 'NOT_FOUND' ? unknownSubject() : error;
    },
  );
  await applyChange(tx, noun, locked, { verb: 'updated' }, (row) => {
    // One that is entered late does not take back what was promised since.
    if (!isNewest(row.last_contact_time, happen_time)) return;
    row.last_contact_time = happen_time;
    row.next_contact_date = next_contact_date;
  });
  const contacting = subject_noun === 'lead' && (locked as unknown as LeadRow).state === 'LEAD_STATE_ASSIGNED';
  if (contacting) await startContact(tx, subject_id);
};

const startContact = async (tx: Tx, id: string): Promise<void> => {
  const row = (await tx.sql.selectFrom('lead').selectAll().where('id', '=', id).executeTakeFirstOrThrow()) as LeadRow;
  await applyChange(tx, lead, row, { verb: 'state_changed' }, (draft) => {
    draft.state = 'LEAD_STATE_CONTACTING';
  });
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
