import { Contact } from '@pelagic/proto/crm/customer/v1/contact';
import type { ConvertLeadRequest } from '@pelagic/proto/crm/customer/v1/conversion';
import { Customer } from '@pelagic/proto/crm/customer/v1/customer';
import { carryCustom } from '@pelagic/capabilities/custom-field/carry';
import { carryTags } from '@pelagic/capabilities/tag/carry-tags';
import { getRecord, lockRecord, need } from '@pelagic/capabilities/record/records';
import type { Caller } from '@pelagic/chassis/caller';
import { now } from '@pelagic/chassis/clock';
import type { Tx } from '@pelagic/chassis/database';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { invalidField, refused, stale } from '@pelagic/chassis/problem';
import type { Queue } from '@pelagic/chassis/queue';
import { step } from '@pelagic/chassis/steps';
import { sql } from 'kysely';
import { contact, type ContactRow } from '../contact/contact.ts';
import { createContact } from '../contact/contact.handlers.ts';
import { customer, type CustomerRow } from '../customer/customer.ts';
import { createCustomer } from '../customer/customer.handlers.ts';
import type { CustomerService } from '../customer-service.ts';
import { lead, type LeadRow } from '../lead/lead.ts';
import {
  asProcess,
  checkConvertible,
  customerNameOf,
  customOf,
  draftOf,
  ownerOf,
  readConversion,
  refuseConverting,
  type ConversionRow,
} from './conversion.ts';

export const CONVERSION_QUEUE = 'conversion';
/** A conversion that its request could not finish is taken up by the queue after this. */
const RESUME_AFTER_MS = 3_000;

/** Two that are converted at once with one of these in common take turns, so that the second sees what the first made. */
const takeTurns = async (tx: Tx, values: string[]): Promise<void> => {
  await sql`select pg_advisory_xact_lock(key) from (
    select distinct hashtextextended('match_key/' || value, 0) as key from unnest(${values}::text[]) value order by key) keys`.execute(
    tx.sql,
  );
};

/** Somebody with the lead's phone or mail is known already, here or at the chosen customer: to be chosen, or passed over. */
const refuseLookAlikes = async (tx: Tx, row: LeadRow, request: ConvertLeadRequest): Promise<void> => {
  const values = [...row.phones, ...row.emails];
  await takeTurns(tx, values);
  if (request.ignoreWarnings || request.contactId) return;
  const chosen = request.customerId ?? null;
  const { rows } = await sql`
    select from match_key left join contact on noun = 'contact' and contact.id = record_id
    where kind in ('phone', 'email') and value = any(${values}) and not deleted
      and case when ${chosen}::uuid is null then noun in ('customer', 'contact') else contact.customer_id = ${chosen}::uuid end limit 1`.execute(
    tx.sql,
  );
  if (rows.length)
    throw refused(
      'DUPLICATE_WARNING',
      'Somebody with this phone or mail is known already: choose them, or convert the lead all the same.',
    );
};

const existingCustomer = async (tx: Tx, id: string, caller: Caller): Promise<CustomerRow> =>
  getRecord<CustomerRow>(tx.sql, customer, id, caller, { action: 'update', deleted: false }).catch(() => {
    throw invalidField('customerId', 'UNKNOWN_CUSTOMER', 'There is no such customer, or it is not yours to change.');
  });

/** The customer that the lead becomes: the chosen one, or a new one with the lead's data. */
const reserveCustomer = async (
  service: CustomerService,
  tx: Tx,
  row: LeadRow,
  request: ConvertLeadRequest,
  caller: Caller,
): Promise<CustomerRow> => {
  if (request.customerId) return existingCustomer(tx, request.customerId, caller);
  need(caller, 'customer.create');
  const ownerId = ownerOf(row, caller);
  if (ownerId !== caller.id) need(caller, 'customer.assign');
  const { phones, emails } = row;
  const draft = Customer.fromJSON({
    name: customerNameOf(row, request),
    kind: row.company ? 'CUSTOMER_KIND_COMPANY' : 'CUSTOMER_KIND_PERSON',
    source: row.source,
    address: row.address,
    ownerId,
  });
  const custom = await carryCustom(tx, customer, customOf(row), asProcess(caller));
  const tagIds = await carryTags(tx, customer, row.tag_ids, asProcess(caller));
  return createCustomer(
    service,
    tx,
    { ...draft, phones: row.company ? [] : phones, emails: row.company ? [] : emails, custom, tagIds },
    asProcess(caller),
    { lead_id: row.id, creator_id: caller.id },
  );
};

const reserveContact = async (
  service: CustomerService,
  tx: Tx,
  row: LeadRow,
  request: ConvertLeadRequest,
  customerId: string,
  caller: Caller,
): Promise<ContactRow> => {
  if (request.contactId) {
    const chosen = await getRecord<ContactRow>(tx.sql, contact, request.contactId, caller, { deleted: false }).catch(
      () => undefined,
    );
    if (chosen?.customer_id !== customerId)
      throw invalidField('contactId', 'UNKNOWN_CONTACT', 'This contact does not belong to that customer.');
    return chosen;
  }
  need(caller, 'contact.create');
  const draft = Contact.fromJSON({ name: request.contactName.trim() || row.name, customerId, title: row.title });
  const custom = await carryCustom(tx, contact, customOf(row), asProcess(caller));
  const tagIds = await carryTags(tx, contact, row.tag_ids, asProcess(caller));
  const filled = { ...draft, phones: row.phones, emails: row.emails, custom, tagIds };
  return createContact(service, tx, filled, asProcess(caller), { lead_id: row.id, creator_id: caller.id });
};

/** First step, in one transaction: the lead is locked, its customer and contact stand, the process is written down. */
export const reserve = async (
  service: CustomerService,
  queue: Queue,
  tx: Tx,
  request: ConvertLeadRequest,
  caller: Caller,
): Promise<ConversionRow> => {
  const row = await lockRecord<LeadRow>(tx, lead, request.id, caller, { action: 'convert' });
  if (request.version && request.version !== row.version) throw stale('lead', row.version);
  checkConvertible(row);
  await refuseConverting(tx, row);
  await refuseLookAlikes(tx, row, request);
  const into = await reserveCustomer(service, tx, row, request, caller);
  const person = await reserveContact(service, tx, row, request, into.id, caller);
  const draft = draftOf(row, request, caller);
  const values = {
    lead_id: row.id,
    state: 'CONVERSION_STATE_RUNNING',
    step: 'reserve',
    customer_id: into.id,
    contact_id: person.id,
    opportunity_id: draft.opportunity ? uuidv7() : null,
    new_customer: !request.customerId,
    new_contact: !request.contactId,
    draft: JSON.stringify(draft),
    caller_id: caller.id,
    session_id: caller.sessionId || caller.apiKeyId,
    problem: '',
    create_time: now().toISOString(),
  };
  await tx.sql
    .insertInto('conversion')
    .values(values)
    .onConflict((conflict) => conflict.column('lead_id').doUpdateSet(values))
    .execute();
  await queue.send(
    tx,
    CONVERSION_QUEUE,
    { leadId: row.id },
    { key: row.id, startAfter: new Date(Date.now() + RESUME_AFTER_MS) },
  );
  await step('conversion.reserve');
  return (await readConversion(tx.sql, row.id))!;
};
