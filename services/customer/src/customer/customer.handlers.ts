import { type Customer, CustomerServiceService } from '@pelagic/proto/crm/customer/v1/customer';
import { listRecords } from '@pelagic/capabilities/record/list';
import type { Message, Row } from '@pelagic/capabilities/record/mapping';
import { newFields, writeFields } from '@pelagic/capabilities/record/fields';
import {
  applyChange,
  changeRecord,
  deleteRecord,
  getRecord,
  insertRecord,
  need,
} from '@pelagic/capabilities/record/records';
import { ownerOf } from '@pelagic/capabilities/record/owner';
import { restoreOwned } from '@pelagic/capabilities/record/restore';
import { shareRecord } from '@pelagic/capabilities/record/shares';
import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import type { DirectoryEmployee } from '@pelagic/chassis/directory';
import { once } from '@pelagic/chassis/once';
import { invalidField, refused } from '@pelagic/chassis/problem';
import type { Handlers } from '@pelagic/chassis/rpc';
import { sql } from 'kysely';
import { contact, type ContactRow } from '../contact/contact.ts';
import type { CustomerService } from '../customer-service.ts';
import { addMatchKeys, writeMatchKeys } from '../matching/match-key.ts';
import { customer, customerKeys, normalizeCustomer, type CustomerRow } from './customer.ts';

export const customerMessage = (row: CustomerRow): Customer =>
  customer.mapping.toMessage(row as Row) as unknown as Customer;

/** A parent must be there to be seen, and no company is above itself. */
const checkParent = async (tx: Tx, row: CustomerRow, caller: Caller): Promise<void> => {
  if (!row.parent_id) return;
  await getRecord(tx.sql, customer, row.parent_id, caller, { deleted: false }).catch(() => {
    throw invalidField(
      'customer.parentId',
      'UNKNOWN_CUSTOMER',
      'There is no such customer, or it is not yours to see.',
    );
  });
  // Two opposite changes at once would each see no circle; they take turns.
  await sql`select pg_advisory_xact_lock(hashtext('customer.parent_id'))`.execute(tx.sql);
  const { rows } = await sql`
    with recursive above as (
      select id, parent_id from customer where id = ${row.parent_id}
      union select customer.id, customer.parent_id from customer join above on customer.id = above.parent_id)
    select 1 from above where id = ${row.id ?? null}`.execute(tx.sql);
  if (rows.length) throw invalidField('customer.parentId', 'CIRCLE', 'A customer cannot stand above itself.');
};

/** Enters a customer. `more` are columns that conversion or history bring: an id allocated before, dates of the past. */
export const createCustomer = async (
  { directory, number }: CustomerService,
  tx: Tx,
  message: Customer,
  caller: Caller,
  more: Row = {},
): Promise<CustomerRow> => {
  const row = (await newFields(tx, customer, message as unknown as Message, caller)) as unknown as CustomerRow;
  normalizeCustomer(row);
  await checkParent(tx, row, caller);
  if (message.ownerId && message.ownerId !== caller.id) need(caller, 'customer.assign');
  const owner = await ownerOf(directory, tx, message.ownerId || caller.id, 'customer.ownerId', caller);
  const values = {
    ...row,
    owner_id: owner.id,
    department_id: owner.departmentId,
    number: await number('customer'),
    ...more,
  };
  const created = await insertRecord<CustomerRow>(tx, customer, values, caller);
  await addMatchKeys(tx, 'customer', created.id, customerKeys(created));
  return created;
};

export const updateCustomer = (
  tx: Tx,
  id: string,
  message: Customer,
  mask: string[],
  caller: Caller,
): Promise<CustomerRow> =>
  changeRecord<CustomerRow>(
    tx,
    customer,
    id,
    caller,
    { action: 'update', verb: 'updated', version: message.version },
    async (row) => {
      const parent = row.parent_id;
      await writeFields(tx, customer, row as Row, message as unknown as Message, caller, mask);
      normalizeCustomer(row);
      if (row.parent_id !== parent) await checkParent(tx, row, caller);
      await writeMatchKeys(tx, 'customer', id, customerKeys(row));
    },
  );

/** Contacts carry their customer's owner for figures, so they go along, each with its event. */
const moveContacts = async (tx: Tx, { id, owner_id, department_id }: CustomerRow): Promise<void> => {
  const rows = await tx.sql
    .selectFrom('contact')
    .selectAll()
    .where('customer_id', '=', id)
    .orderBy('id')
    .forUpdate()
    .execute();
  for (const row of rows as ContactRow[])
    await applyChange(
      tx,
      contact,
      row,
      { verb: 'updated' },
      (draft) => void Object.assign(draft, { owner_id, department_id }),
    );
};

const give = (row: CustomerRow, owner: DirectoryEmployee): void => {
  row.owner_id = owner.id;
  row.department_id = owner.departmentId;
};

export const giveCustomer = async (
  { directory }: CustomerService,
  tx: Tx,
  id: string,
  ownerId: string,
  caller: Caller,
  { version = 0, reason = '', deleted = false } = {},
): Promise<CustomerRow> => {
  const owner = await ownerOf(directory, tx, ownerId, 'ownerId', caller);
  const row = await changeRecord<CustomerRow>(
    tx,
    customer,
    id,
    caller,
    { action: 'assign', verb: 'assigned', version, reason, deleted },
    (draft) => give(draft, owner),
  );
  await moveContacts(tx, row);
  return row;
};

const refuseOpenDeals = async (tx: Tx, { id }: CustomerRow): Promise<void> => {
  const { rows } = await sql`
    select from opportunity_subject where customer_id = ${id} and open and delete_time is null limit 1`.execute(tx.sql);
  if (rows.length)
    throw refused(
      'HAS_OPEN_DEALS',
      'This customer has open deals: close them, or give them to another customer first.',
    );
};

export const removeCustomer = async (tx: Tx, id: string, caller: Caller, version = 0): Promise<CustomerRow> => {
  const row = await deleteRecord<CustomerRow>(tx, customer, id, caller, version, (found) => refuseOpenDeals(tx, found));
  await writeMatchKeys(tx, 'customer', id, customerKeys(row), true);
  return row;
};

export const bringBackCustomer = async (
  { directory }: CustomerService,
  tx: Tx,
  id: string,
  ownerId: string | undefined,
  caller: Caller,
): Promise<CustomerRow> => {
  const row = await restoreOwned<CustomerRow>(tx, customer, id, caller, { directory, ownerId, give });
  await writeMatchKeys(tx, 'customer', id, customerKeys(row));
  if (ownerId) await moveContacts(tx, row);
  return row;
};

export const customerHandlers = (service: CustomerService): Handlers<CustomerServiceService> => {
  const { database } = service;
  const answer = async (row: Promise<CustomerRow>) => ({ customer: customerMessage(await row) });
  return {
    createCustomer: (request, caller) =>
      (request.validateOnly ? database.rehearse : database.transact)((tx) =>
        once(tx, caller, CustomerServiceService.createCustomer, request, () =>
          answer(createCustomer(service, tx, request.customer!, caller)),
        ),
      ),
    getCustomer: ({ id }, caller) => answer(getRecord<CustomerRow>(database.sql, customer, id, caller)),
    listCustomers: async (request, caller) => {
      const { rows, ...page } = await listRecords<CustomerRow>(database.sql, customer, request, caller);
      return { customers: rows.map(customerMessage), ...page };
    },
    updateCustomer: ({ id, customer: message, updateMask }, caller) =>
      answer(database.transact((tx) => updateCustomer(tx, id, message!, updateMask ?? [], caller))),
    assignCustomer: ({ id, ownerId, version, reason }, caller) =>
      answer(database.transact((tx) => giveCustomer(service, tx, id, ownerId, caller, { version, reason }))),
    shareCustomer: ({ id, shares, version }, caller) =>
      answer(
        database.transact((tx) => shareRecord<CustomerRow>(service, tx, customer, id, caller, { shares, version })),
      ),
    deleteCustomer: async ({ id, version }, caller) => {
      await database.transact((tx) => removeCustomer(tx, id, caller, version));
      return {};
    },
    undeleteCustomer: ({ id, ownerId }, caller) =>
      answer(database.transact((tx) => bringBackCustomer(service, tx, id, ownerId, caller))),
  };
};
