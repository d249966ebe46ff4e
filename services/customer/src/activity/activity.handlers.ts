import { type Activity, ActivityServiceService } from '@pelagic/proto/crm/customer/v1/activity';
import { listRecords } from '@pelagic/capabilities/record/list';
import type { Message, Row } from '@pelagic/capabilities/record/mapping';
import { newFields, writeFields } from '@pelagic/capabilities/record/fields';
import { appendRecord, changeRecord, deleteRecord, getRecord } from '@pelagic/capabilities/record/records';
import type { Caller } from '@pelagic/chassis/caller';
import { now } from '@pelagic/chassis/clock';
import type { Tx } from '@pelagic/chassis/database';
import { once } from '@pelagic/chassis/once';
import { invalidField, Problem } from '@pelagic/chassis/problem';
import type { Handlers } from '@pelagic/chassis/rpc';
import { contact, type ContactRow } from '../contact/contact.ts';
import type { CustomerService } from '../customer-service.ts';
import { activity, checkActivity, checkCorrectable, isSubject, type ActivityRow } from './activity.ts';
import { contactDates, listDueContacts } from './due-contacts.ts';
import { checkPromise, correctSubject, customerOf, touchSubject } from './subject.ts';

export const activityMessage = (row: ActivityRow): Activity =>
  activity.mapping.toMessage(row as Row) as unknown as Activity;

/** With whom it was: a contact of the customer that it is about. */
const checkContact = async (tx: Tx, row: ActivityRow, caller: Caller): Promise<void> => {
  if (!row.contact_id) return;
  const found = await getRecord<ContactRow>(tx.sql, contact, row.contact_id, caller, { deleted: false }).catch(
    (error: unknown) => {
      if (error instanceof Problem && error.code === 'NOT_FOUND') return undefined;
      throw error;
    },
  );
  const customerId = await customerOf(tx, row);
  if (!found || (customerId && found.customer_id !== customerId))
    throw invalidField('activity.contactId', 'UNKNOWN_CONTACT', 'This contact does not belong to that customer.');
};

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
  await checkContact(tx, row, caller);
  const counts = await touchSubject(tx, row, caller);
  return appendRecord<ActivityRow>(
    tx,
    activity,
    { ...row, counts, owner_id: caller.id, department_id: caller.grants?.departmentId ?? null, ...more },
    caller,
  );
};

const correctActivity = async (
  tx: Tx,
  id: string,
  message: Activity,
  mask: string[],
  caller: Caller,
): Promise<ActivityRow> => {
  let before: ActivityRow | undefined;
  const change = { action: 'update', verb: 'updated', version: message.version };
  const after = await changeRecord<ActivityRow>(tx, activity, id, caller, change, async (row) => {
    checkCorrectable(row);
    before = structuredClone(row);
    await writeFields(tx, activity, row as Row, message as unknown as Message, caller, mask);
    checkActivity(row, false);
    if (row.contact_id !== before.contact_id) await checkContact(tx, row, caller);
    if (row.next_contact_date !== before.next_contact_date) await checkPromise(tx, row);
  });
  await correctSubject(tx, before!, after);
  return after;
};

const takeBackActivity = async (tx: Tx, id: string, caller: Caller, version: number): Promise<void> => {
  const row = await deleteRecord<ActivityRow>(tx, activity, id, caller, version, checkCorrectable);
  await correctSubject(tx, row, row);
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
      answer(database.transact((tx) => correctActivity(tx, id, message!, updateMask ?? [], caller))),
    deleteActivity: async ({ id, version }, caller) => {
      await database.transact((tx) => takeBackActivity(tx, id, caller, version));
      return {};
    },
    listDueContacts: (request, caller) => listDueContacts(database.sql, request, caller),
    getContactDates: ({ id }, caller) => contactDates(database.sql, id, caller),
  };
};
