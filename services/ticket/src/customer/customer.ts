import type { AskNames } from '@pelagic/capabilities/export/run-export';
import { replaceShares, type Share } from '@pelagic/capabilities/record/shares';
import { may, queryable, visible } from '@pelagic/chassis/access';
import { upsert } from '@pelagic/chassis/append';
import type { Caller } from '@pelagic/chassis/caller';
import { connect } from '@pelagic/chassis/client';
import type { Database, Tx } from '@pelagic/chassis/database';
import { invalid, invalidField, type FieldError } from '@pelagic/chassis/problem';
import { projection, type Projection, type State } from '@pelagic/chassis/projection';
import { RecordServiceService } from '@pelagic/proto/crm/capability/v1/record';
import { ContactServiceService } from '@pelagic/proto/crm/customer/v1/contact';
import { sql, type Kysely, type RawBuilder } from 'kysely';

/** A customer as this service knows one. */
export type KnownCustomer = { deleted: boolean; visible: boolean };

/** The customer service as tickets need it: a copy of its customers, and the word on who may see what. */
export type Customers = {
  projection: Projection;
  /** The customer, and whether the caller may see it as far as its copy knows; asks the owner when it is not known here yet. */
  find: (tx: Tx, id: string, caller?: Caller) => Promise<KnownCustomer | undefined>;
  /** Of these records of the customer service (customer, contact), those that the caller may see, by its own word. */
  seen: (noun: string, ids: string[], caller: Caller) => Promise<Set<string>>;
  /** The customer that a contact belongs to, whoever asks; undefined when there is no such contact. */
  customerOf: (contactId: string) => Promise<string | undefined>;
  /** The contact and customer that a phone number or mail address belongs to, whoever asks; nobody when it is not certain. */
  reachedBy: (reach: { phone: string; email: string }) => Promise<References>;
  /** Names of contacts as exports write them; there is no copy of contacts here. */
  contactNames: AskNames;
};

/** Ids in one question, so that the filter stays within its length. */
const CONTACTS_AT_ONCE = 60;

const apply = async (tx: Tx, states: State[]): Promise<void> => {
  const customers = states.map(({ id, state }) => ({ id, ...(state as Record<string, any>) }) as Record<string, any>);
  await upsert(
    tx,
    'customer',
    customers.map((customer) => ({
      id: customer['id'],
      name: customer['name'],
      number: customer['number'] ?? '',
      external_id: customer['externalId'] ?? '',
      owner_id: customer['ownerId'] || null,
      department_id: customer['departmentId'] || null,
      deleted: Boolean(customer['deleteTime']),
      search: [customer['name'], customer['shortName'], customer['number']].filter(Boolean).join('\n').toLowerCase(),
    })),
  );
  // Whom a customer is shared with sees it here too.
  await replaceShares(
    tx,
    'customer',
    customers.map(({ id, shares }) => ({ id, shares: (shares ?? []) as Share[] })),
  );
};

type Options = { service: string; database: Database; address: string; token: () => Promise<string> };

export const openCustomers = ({ service, database, address, token }: Options): Customers => {
  const clear = async (tx: Tx) => {
    await sql`delete from customer`.execute(tx.sql);
    await sql`delete from share where noun = 'customer'`.execute(tx.sql);
  };
  const copy = projection({
    name: 'customer',
    service,
    from: 'customer',
    address,
    noun: 'customer',
    database,
    token,
    apply,
    clear,
  });
  const records = connect(RecordServiceService, address);
  const contacts = connect(ContactServiceService, address);
  const stored = async (tx: Tx, id: string, caller?: Caller) =>
    (
      await sql<KnownCustomer>`select deleted, ${caller ? visibleCustomer(caller) : sql`true`} as visible from customer where id = ${id}`.execute(
        tx.sql,
      )
    ).rows[0];
  return {
    projection: copy,
    find: async (tx, id, caller) =>
      (await stored(tx, id, caller)) ?? ((await copy.fetch(id, tx)) ? stored(tx, id, caller) : undefined),
    seen: async (noun, ids, caller) => {
      if (caller.kind === 'service' || !ids.length) return new Set(ids);
      const { ids: seen } = await records.filterVisible({ service: 'customer', noun, ids }, { token: caller.token });
      return new Set(seen);
    },
    customerOf: async (id) => {
      const asked = { service: 'customer', noun: 'contact', id };
      const { record } = await records.getState(asked, { token: await token() });
      return record && (JSON.parse(record.state) as { customerId?: string }).customerId;
    },
    reachedBy: async (reach) => contacts.matchRequester(reach, { token: await token() }),
    contactNames: async (ids, caller) => {
      const names = new Map<string, string>();
      if (!may(caller, 'contact.read') || !queryable(caller, 'contact', 'name')) return names;
      for (let from = 0; from < ids.length; from += CONTACTS_AT_ONCE) {
        const some = ids.slice(from, from + CONTACTS_AT_ONCE);
        const filter = some.map((id) => `id = "${id}"`).join(' OR ');
        const page = {
          pageSize: CONTACTS_AT_ONCE,
          pageToken: '',
          orderBy: '',
          query: '',
          deleted: false,
          count: false,
        };
        for (const { id, name } of (await contacts.listContacts({ ...page, filter }, { token: caller.token })).contacts)
          names.set(id, name);
      }
      return names;
    },
  };
};

/** The customers that the caller may see, as far as their copies here know. */
export const visibleCustomer = (caller: Caller): RawBuilder<boolean> =>
  visible(caller, 'customer.read', { noun: 'customer', table: 'customer' });

/** Customers whose names the caller may see: theirs to see, and the name neither hidden nor masked for them. */
const named = (caller: Caller): RawBuilder<boolean> =>
  queryable(caller, 'customer', 'name') ? visibleCustomer(caller) : sql`false`;

/** Names of customers as exports write them. */
export const customerNames = (caller: Caller): RawBuilder<unknown> =>
  sql`(select customer.id, customer.name from customer where ${named(caller)})`;

/** Names of customers as tickets are filtered and sorted by them: empty for one that the caller may not see. */
export const customerName = (caller: Caller, customerId: RawBuilder<unknown>): RawBuilder<string> =>
  sql`(select customer.name from customer where customer.id = ${customerId} and ${named(caller)})`;

/** Words that mean more customers than this find the tickets of so many of them. */
const NAMED_MAX = 2_000;

const escapeLike = (text: string): string => text.replace(/[\\%_]/g, (character) => `\\${character}`);

/** Tickets whose customer the words of a query mean, among the customers that the caller may see. */
export const ofCustomerNamed = (
  caller: Caller,
  query: string,
  customerId: RawBuilder<unknown>,
): RawBuilder<boolean> | undefined => {
  const word = query.trim().toLowerCase();
  if (word.length < 2 || !queryable(caller, 'customer', 'name')) return undefined;
  const like = `%${escapeLike(word)}%`;
  // By its short name and number only those find it who may see them.
  const byAll = queryable(caller, 'customer', 'shortName') && queryable(caller, 'customer', 'number');
  const meant = sql`select customer.id from customer where bigrams(customer.search) @> bigrams(${word})
    and ${byAll ? sql`customer.search` : sql`lower(customer.name)`} like ${like} and ${visibleCustomer(caller)} limit ${NAMED_MAX}`;
  return sql`${customerId} = any(array(${meant}))`;
};

const UNKNOWN = 'There is no such customer, or it is not yours to see.';

/** Refuses a customer that does not exist, or no longer; with `caller`, one that their copies here do not show them. */
export const checkCustomer = async (customers: Customers, tx: Tx, id: string, caller?: Caller): Promise<void> => {
  const found = await customers.find(tx, id, caller);
  if (!found?.visible) throw invalidField('ticket.customerId', 'UNKNOWN_CUSTOMER', UNKNOWN);
  if (found.deleted)
    throw invalidField('ticket.customerId', 'CUSTOMER_DELETED', 'This customer is in the recycle bin.');
};

type References = { customerId?: string | undefined; contactId?: string | undefined };

const unknownContact = (): FieldError => ({
  field: 'ticket.contactId',
  reason: 'UNKNOWN_CONTACT',
  message: 'There is no such contact of this customer, or it is not yours to see.',
});

/**
 * Who asks, checked by the customer service's own word: the caller may see both, and the contact is one of the customer.
 * Answers the customer, that of the contact when none is named. Asked before a transaction, which waits for nobody.
 */
export const requesterOf = async (
  customers: Customers,
  caller: Caller,
  { customerId, contactId }: References,
): Promise<string | undefined> => {
  const [seenCustomers, seenContacts, ofContact] = await Promise.all([
    customers.seen('customer', customerId ? [customerId] : [], caller),
    customers.seen('contact', contactId ? [contactId] : [], caller),
    contactId ? customers.customerOf(contactId) : undefined,
  ]);
  const errors: FieldError[] = [];
  if (customerId && !seenCustomers.has(customerId))
    errors.push({ field: 'ticket.customerId', reason: 'UNKNOWN_CUSTOMER', message: UNKNOWN });
  if (contactId && (!seenContacts.has(contactId) || !ofContact || (customerId && ofContact !== customerId)))
    errors.push(unknownContact());
  if (errors.length) throw invalid(...errors);
  return customerId || ofContact;
};

/** A customer that the caller may see and that lives, looked for by name, number or the id it was imported with, unless these are masked for them. */
export const customersNamed = async (
  db: Kysely<any>,
  caller: Caller,
  text: string,
): Promise<{ id: string; name: string }[]> => {
  const wanted = text.trim().toLowerCase();
  const by = (field: string, column: RawBuilder<unknown>, value: string) =>
    queryable(caller, 'customer', field) ? sql`${column} = ${value}` : sql`false`;
  const { rows } = await sql<{ id: string; name: string }>`
    select id, name from customer where not deleted and (${by('name', sql`lower(name)`, wanted)} or ${by('number', sql`lower(number)`, wanted)} or external_id <> '' and ${by('externalId', sql`external_id`, text.trim())}) and ${visibleCustomer(caller)} limit 3`.execute(
    db,
  );
  return rows;
};
