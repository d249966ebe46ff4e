import { type Activity, ActivityServiceService } from '@pelagic/proto/crm/customer/v1/activity';
import { listRecords } from '@pelagic/capabilities/record/list';
import type { Message, Row } from '@pelagic/capabilities/record/mapping';
import { newFields, writeFields } from '@pelagic/capabilities/record/fields';
import {
  applyChange,
  changeRecord,
  deleteRecord,
  insertRecord,
  lockRecord,
  type RecordRow,
} from '@pelagic/capabilities/record/records';
import type { Caller } from '@pelagic/chassis/caller';
import { now } from '@pelagic/chassis/clock';
import type { Tx } from '@pelagic/chassis/database';
import { once } from '@pelagic/chassis/once';
import { invalidField, Problem } from '@pelagic/chassis/problem';
import type { Handlers } from '@pelagic/chassis/rpc';
import { sql } from 'kysely';
import { customer } from '../customer/customer.ts';
import type { CustomerService } from '../customer-service.ts';
import { lead, type LeadRow } from '../lead/lead.ts';
import { activity, checkActivity, checkCorrectable, isSubject, subjectVisible, type ActivityRow } from './activity.ts';
import { listDueContacts } from './due-contacts.ts';

export const activityMessage = (row: ActivityRow): Activity =>
  activity.mapping.toMessage(row as Row) as unknown as Activity;

type Contacted = { next_contact_date: string | null; last_contact_time: string | null };

const isNewest = (last: string | null, time: string): boolean => !last || new Date(time) >= new Date(last);

/** Moves the subject's last and next contact along, and a lead that was only assigned to "contacting". */
const touchSubject = async (
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
  const noun = subject_noun === 'lead' ? lead : customer;
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

/** Logs an activity. `more` are columns that history brings. */
export const createActivity = async (
  tx: Tx,
  message: Activity,
  caller: Caller,
  more: Row = {},
): Promise<ActivityRow> => {
  if (!isSubject(message.subjectNoun))
    throw invalidField(
      'activity.subjectNoun',
      'UNKNOWN_VALUE',
      'Activities hang on a lead, a customer or an opportunity.',
    );
  const row = (await newFields(tx, activity, message as unknown as Message, caller)) as unknown as ActivityRow;
  row.happen_time ??= now().toISOString();
  checkActivity(row, caller.imported ?? false);
  await touchSubject(tx, row, caller);
  return insertRecord<ActivityRow>(
    tx,
    activity,
    { ...row, owner_id: caller.id, department_id: caller.grants?.departmentId ?? null, ...more },
    caller,
  );
};

export const activityHandlers = (service: CustomerService): Handlers<ActivityServiceService> => {
  const { database } = service;
  const answer = async (row: Promise<ActivityRow>) => ({ activity: activityMessage(await row) });
  return {
    createActivity: (request, caller) =>
      database.transact((tx) =>
        once(tx, caller, ActivityServiceService.createActivity, request, () =>
          answer(createActivity(tx, request.activity!, caller)),
        ),
      ),
    listActivities: async (request, caller) => {
      const { rows, ...page } = await listRecords<ActivityRow>(
        database.sql,
        activity,
        { ...request, deleted: false },
        caller,
      );
      return { activities: rows.map(activityMessage), ...page };
    },
    updateActivity: ({ id, activity: message, updateMask }, caller) =>
      answer(
        database.transact((tx) =>
          changeRecord<ActivityRow>(
            tx,
            activity,
            id,
            caller,
            { action: 'update', verb: 'updated', version: message!.version },
            async (row) => {
              checkCorrectable(row);
              await writeFields(tx, activity, row as Row, message as unknown as Message, caller, updateMask ?? []);
              checkActivity(row, false);
            },
          ),
        ),
      ),
    deleteActivity: async ({ id, version }, caller) => {
      await database.transact(async (tx) => {
        checkCorrectable(await lockRecord<ActivityRow>(tx, activity, id, caller, { action: 'delete' }));
        return deleteRecord<ActivityRow>(tx, activity, id, caller, version);
      });
      return {};
    },
    listDueContacts: (request, caller) => listDueContacts(database.sql, request, caller),
  };
};
