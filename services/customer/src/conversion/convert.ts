import { OpportunityServiceService } from '@pelagic/proto/crm/sales/v1/opportunity';
import { Opportunity } from '@pelagic/proto/crm/sales/v1/opportunity';
import { Customer } from '@pelagic/proto/crm/customer/v1/customer';
import { Contact } from '@pelagic/proto/crm/customer/v1/contact';
import type { ConvertLeadRequest } from '@pelagic/proto/crm/customer/v1/conversion';
import { applyChange, getRecord, lockRecord } from '@pelagic/capabilities/record/records';
import type { Caller } from '@pelagic/chassis/caller';
import type { Connected } from '@pelagic/chassis/client';
import { now } from '@pelagic/chassis/clock';
import type { Tx } from '@pelagic/chassis/database';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { asProblem, invalidField, refused, stale } from '@pelagic/chassis/problem';
import type { Queue } from '@pelagic/chassis/queue';
import { step } from '@pelagic/chassis/steps';
import { sql, type Kysely } from 'kysely';
import { contact, type ContactRow } from '../contact/contact.ts';
import { createContact, removeContact } from '../contact/contact.handlers.ts';
import { customer, type CustomerRow } from '../customer/customer.ts';
import { createCustomer, removeCustomer } from '../customer/customer.handlers.ts';
import type { CustomerService } from '../customer-service.ts';
import { lead, type LeadRow } from '../lead/lead.ts';
import { checkConvertible, customerNameOf, draftOf, type ConversionRow } from './conversion.ts';

export type Sales = Connected<OpportunityServiceService>;
export const CONVERSION_QUEUE = 'conversion';
/** A conversion that its request could not finish is taken up by the queue after this. */
const RESUME_AFTER_MS = 3_000;

export const readConversion = async (db: Kysely<any>, leadId: string): Promise<ConversionRow | undefined> =>
  (await db.selectFrom('conversion').selectAll().where('lead_id', '=', leadId).executeTakeFirst()) as
    ConversionRow | undefined;

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
  const { phones, emails, custom } = lead.mapping.toMessage(row as never) as {
    phones: string[];
    emails: string[];
    custom: Customer['custom'];
  };
  const known = new Set((await customFieldSlugs(tx, 'customer')) ?? []);
  const draft = Customer.fromJSON({
    name: customerNameOf(row, request),
    kind: row.company ? 'CUSTOMER_KIND_COMPANY' : 'CUSTOMER_KIND_PERSON',
    source: row.source,
    address: row.address,
  });
  const carried = Object.fromEntries(Object.entries(custom).filter(([slug]) => known.has(slug)));
  const ownerId = row.owner_id ?? caller.id;
  return createCustomer(
    service,
    tx,
    {
      ...draft,
      phones: row.company ? [] : phones,
      emails: row.company ? [] : emails,
      custom: carried,
      ownerId: ownerId === caller.id ? '' : ownerId,
    },
    caller,
    { lead_id: row.id },
  );
};

const customFieldSlugs = async (tx: Tx, noun: string): Promise<string[]> =>
  (
    await tx.sql
      .selectFrom('custom_field')
      .select('slug')
      .where('noun', '=', noun)
      .where('retired', '=', false)
      .execute()
  ).map(({ slug }) => slug as string);

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
  const draft = Contact.fromJSON({ name: request.contactName.trim() || row.name, customerId, title: row.title });
  return createContact(service, tx, { ...draft, phones: row.phones, emails: row.emails }, caller, { lead_id: row.id });
};

/** First step, in one transaction: the lead is locked, its customer and contact stand, the process is written down. */
const reserve = async (
  service: CustomerService,
  queue: Queue,
  tx: Tx,
  request: ConvertLeadRequest,
  caller: Caller,
): Promise<ConversionRow> => {
  const row = await lockRecord<LeadRow>(tx, lead, request.id, caller, { action: 'convert' });
  if (request.version && request.version !== row.version) throw stale('lead', row.version);
  checkConvertible(row);
  const running = await readConversion(tx.sql, row.id);
  if (running && running.state !== 'CONVERSION_STATE_FAILED')
    throw refused('CONVERSION_RUNNING', 'This lead is being converted already.');
  const into = await reserveCustomer(service, tx, row, request, caller);
  const person = await reserveContact(service, tx, row, request, into.id, caller);
  const draft = draftOf(row, request);
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
    session_id: caller.sessionId,
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

const opportunityOf = (
  { draft, customer_id, contact_id, caller_id }: ConversionRow,
  ownerId: string | null,
): Opportunity => {
  const { name, amount, currency, expectedCloseDate, pipelineId } = draft.opportunity!;
  const base = Opportunity.fromJSON({
    name,
    customerId: customer_id,
    contacts: [{ contactId: contact_id, role: '' }],
    pipelineId,
    ownerId: ownerId ?? caller_id,
  });
  return {
    ...base,
    ...(amount && { amount: { amount, currency, baseAmount: '', rateDate: '' } }),
    ...(expectedCloseDate && { expectedCloseDate }),
  };
};

/** Second step: sales makes the opportunity under the id allocated before, so that asking again is no second one. */
const makeOpportunity = async (
  { database }: CustomerService,
  sales: Sales,
  row: ConversionRow,
  token: string,
): Promise<void> => {
  if (!row.opportunity_id) return;
  const { rows } = await sql<{ owner_id: string | null }>`select owner_id from lead where id = ${row.lead_id}`.execute(
    database.sql,
  );
  const opportunity = opportunityOf(row, rows[0]?.owner_id ?? null);
  await sales.createOpportunity(
    {
      opportunity,
      id: row.opportunity_id,
      leadId: row.lead_id,
      requestId: `conversion/${row.opportunity_id}`,
      validateOnly: false,
    },
    { token },
  );
  await step('conversion.opportunity');
};

/** Last step: the lead says what it became, and is history from now on. */
const complete = async ({ database }: CustomerService, { lead_id: leadId }: ConversionRow): Promise<void> => {
  await database.transact(async (tx) => {
    const process = (await tx.sql
      .selectFrom('conversion')
      .selectAll()
      .where('lead_id', '=', leadId)
      .forUpdate()
      .executeTakeFirstOrThrow()) as ConversionRow;
    // The request and the queue may both get here; the first one finishes it.
    if (process.state !== 'CONVERSION_STATE_RUNNING') return;
    const row = (await tx.sql
      .selectFrom('lead')
      .selectAll()
      .where('id', '=', leadId)
      .forUpdate()
      .executeTakeFirstOrThrow()) as LeadRow;
    await applyChange(tx, lead, row, { verb: 'converted' }, (draft) => {
      draft.state = 'LEAD_STATE_CONVERTED';
      draft.customer_id = process.customer_id;
      draft.contact_id = process.contact_id;
      draft.opportunity_id = process.opportunity_id;
      draft.next_contact_date = null;
    });
    await tx.sql
      .updateTable('conversion')
      .set({ state: 'CONVERSION_STATE_DONE', step: 'complete' })
      .where('lead_id', '=', leadId)
      .execute();
  });
  await step('conversion.complete');
};

/** Sales refused for good: what was reserved goes into the recycle bin and the lead stays as it was. */
const compensate = async (
  { database }: CustomerService,
  process: ConversionRow,
  reason: string,
  caller: Caller,
): Promise<void> => {
  await database.transact(async (tx) => {
    const row = (await tx.sql
      .selectFrom('conversion')
      .selectAll()
      .where('lead_id', '=', process.lead_id)
      .forUpdate()
      .executeTakeFirstOrThrow()) as ConversionRow;
    if (row.state !== 'CONVERSION_STATE_RUNNING') return;
    if (row.new_contact) await removeContact(tx, row.contact_id, caller);
    if (row.new_customer) await removeCustomer(tx, row.customer_id, caller);
    await tx.sql
      .updateTable('conversion')
      .set({ state: 'CONVERSION_STATE_FAILED', problem: reason })
      .where('lead_id', '=', process.lead_id)
      .execute();
  });
};

/** Runs the steps that are left. Each may run again: they are known by ids allocated in the first one. */
export const continueConversion = async (
  service: CustomerService,
  sales: Sales,
  process: ConversionRow,
  caller: Caller,
): Promise<void> => {
  if (process.state !== 'CONVERSION_STATE_RUNNING') return;
  try {
    await makeOpportunity(service, sales, process, caller.token);
  } catch (error) {
    const problem = asProblem(error);
    if (problem.passing || problem.code === 'INTERNAL' || problem.code === 'UNAUTHENTICATED') throw problem;
    await compensate(service, process, problem.message, serviceSelf(caller));
    throw problem;
  }
  await complete(service, process);
};

/** Undoing is the process's own act: the person may lack the right to delete. */
const serviceSelf = (caller: Caller): Caller => ({ ...caller, kind: 'service' });

/** Asks sales beforehand, so that a refusal costs nothing. */
const ask = async (sales: Sales, request: ConvertLeadRequest, row: LeadRow): Promise<void> => {
  const { opportunity } = draftOf(row, request);
  if (!opportunity) return;
  const { name, amount, currency, pipelineId, expectedCloseDate } = opportunity;
  const draft = Opportunity.fromJSON({
    name,
    pipelineId,
    ...(request.customerId && { customerId: request.customerId }),
    ...(expectedCloseDate && { expectedCloseDate }),
  });
  await sales.createOpportunity({
    opportunity: { ...draft, ...(amount && { amount: { amount, currency, baseAmount: '', rateDate: '' } }) },
    validateOnly: true,
    requestId: '',
    id: '',
    leadId: '',
  });
};

export const convertLead = async (
  service: CustomerService,
  queue: Queue,
  sales: Sales,
  request: ConvertLeadRequest,
  caller: Caller,
): Promise<ConversionRow> => {
  const { database } = service;
  const row = await getRecord<LeadRow>(database.sql, lead, request.id, caller, { deleted: false });
  checkConvertible(row);
  await ask(sales, request, row);
  const process = await (request.validateOnly ? database.rehearse : database.transact)((tx) =>
    reserve(service, queue, tx, request, caller),
  );
  if (request.validateOnly) return process;
  try {
    await continueConversion(service, sales, process, caller);
  } catch (error) {
    // A passing trouble is the queue's to finish; the caller gets the process to look at.
    if (!asProblem(error).passing) throw error;
  }
  return (await readConversion(database.sql, process.lead_id))!;
};
