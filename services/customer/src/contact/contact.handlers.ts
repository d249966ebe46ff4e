import { type Contact, ContactServiceService } from '@pelagic/proto/crm/customer/v1/contact';
import { listRecords } from '@pelagic/capabilities/record/list';
import type { Message, Row } from '@pelagic/capabilities/record/mapping';
import { newFields, writeFields } from '@pelagic/capabilities/record/fields';
import {
  changeRecord,
  deleteRecord,
  getRecord,
  insertRecord,
  restoreRecord,
} from '@pelagic/capabilities/record/records';
import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import { once } from '@pelagic/chassis/once';
import { invalidField, Problem } from '@pelagic/chassis/problem';
import type { Handlers } from '@pelagic/chassis/rpc';
import { customer, type CustomerRow } from '../customer/customer.ts';
import type { CustomerService } from '../customer-service.ts';
import { addMatchKeys, writeMatchKeys } from '../matching/match-key.ts';
import { matchRequester } from '../matching/match-requester.ts';
import { contact, contactKeys, normalizeContact, type ContactRow } from './contact.ts';

export const contactMessage = (row: ContactRow): Contact => contact.mapping.toMessage(row as Row) as unknown as Contact;

const customerFor = async (tx: Tx, id: string, caller: Caller): Promise<CustomerRow> => {
  try {
    return await getRecord<CustomerRow>(tx.sql, customer, id, caller, { action: 'update', deleted: false });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw invalidField(
      'contact.customerId',
      'UNKNOWN_CUSTOMER',
      'There is no such customer, or it is not yours to change.',
    );
  }
};

export const createContact = async (
  { number }: CustomerService,
  tx: Tx,
  message: Contact,
  caller: Caller,
  more: Row = {},
): Promise<ContactRow> => {
  const row = (await newFields(tx, contact, message as unknown as Message, caller)) as unknown as ContactRow;
  normalizeContact(row);
  const { owner_id, department_id } = await customerFor(tx, row.customer_id, caller);
  const created = await insertRecord<ContactRow>(
    tx,
    contact,
    { ...row, owner_id, department_id, number: await number('contact'), ...more },
    caller,
  );
  await addMatchKeys(tx, 'contact', created.id, contactKeys(created));
  return created;
};

export const updateContact = (
  tx: Tx,
  id: string,
  message: Contact,
  mask: string[],
  caller: Caller,
): Promise<ContactRow> =>
  changeRecord<ContactRow>(
    tx,
    contact,
    id,
    caller,
    { action: 'update', verb: 'updated', version: message.version },
    async (row) => {
      const before = row.customer_id;
      await writeFields(tx, contact, row as Row, message as unknown as Message, caller, mask);
      normalizeContact(row);
      if (row.customer_id !== before) {
        const { owner_id, department_id } = await customerFor(tx, row.customer_id, caller);
        Object.assign(row, { owner_id, department_id });
      }
      await writeMatchKeys(tx, 'contact', id, contactKeys(row));
    },
  );

export const removeContact = async (tx: Tx, id: string, caller: Caller, version = 0): Promise<ContactRow> => {
  const row = await deleteRecord<ContactRow>(tx, contact, id, caller, version);
  await writeMatchKeys(tx, 'contact', id, contactKeys(row), true);
  return row;
};

export const bringBackContact = async (tx: Tx, id: string, caller: Caller): Promise<ContactRow> => {
  const row = await restoreRecord<ContactRow>(tx, contact, id, caller);
  await writeMatchKeys(tx, 'contact', id, contactKeys(row));
  return row;
};

export const contactHandlers = (service: CustomerService): Handlers<ContactServiceService> => {
  const { database } = service;
  const answer = async (row: Promise<ContactRow>) => ({ contact: contactMessage(await row) });
  return {
    createContact: (request, caller) =>
      (request.validateOnly ? database.rehearse : database.transact)((tx) =>
        once(tx, caller, ContactServiceService.createContact, request, () =>
          answer(createContact(service, tx, request.contact!, caller)),
        ),
      ),
    getContact: ({ id }, caller) => answer(getRecord<ContactRow>(database.sql, contact, id, caller)),
    listContacts: async (request, caller) => {
      const { rows, ...page } = await listRecords<ContactRow>(database.sql, contact, request, caller);
      return { contacts: rows.map(contactMessage), ...page };
    },
    updateContact: ({ id, contact: message, updateMask }, caller) =>
      answer(database.transact((tx) => updateContact(tx, id, message!, updateMask ?? [], caller))),
    deleteContact: async ({ id, version }, caller) => {
      await database.transact((tx) => removeContact(tx, id, caller, version));
      return {};
    },
    matchRequester: (request) => matchRequester(database.sql, request),
    undeleteContact: ({ id }, caller) => answer(database.transact((tx) => bringBackContact(tx, id, caller))),
  };
};
