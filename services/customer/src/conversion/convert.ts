import type { RecordServiceService } from '@pelagic/proto/crm/capability/v1/record';
import { OpportunityServiceService } from '@pelagic/proto/crm/sales/v1/opportunity';
import { Opportunity } from '@pelagic/proto/crm/sales/v1/opportunity';
import type { ConvertLeadRequest } from '@pelagic/proto/crm/customer/v1/conversion';
import { applyChange, getRecord } from '@pelagic/capabilities/record/records';
import type { Caller } from '@pelagic/chassis/caller';
import type { Connected } from '@pelagic/chassis/client';
import type { Tx } from '@pelagic/chassis/database';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { asProblem, type Problem } from '@pelagic/chassis/problem';
import type { Queue } from '@pelagic/chassis/queue';
import { step } from '@pelagic/chassis/steps';
import { removeContact } from '../contact/contact.handlers.ts';
import { removeCustomer } from '../customer/customer.handlers.ts';
import type { CustomerService } from '../customer-service.ts';
import { lead, type LeadRow } from '../lead/lead.ts';
import { asProcess, checkConvertible, draftOf, readConversion, type ConversionRow } from './conversion.ts';
import { reserve } from './reserve.ts';

export type Sales = Connected<OpportunityServiceService>;

/** What a conversion needs of others: sales, and the service's own token for what it has to know when the person is gone. */
export type Neighbours = {
  sales: Sales;
  salesRecords: Connected<RecordServiceService>;
  serviceToken: () => Promise<string>;
};

const opportunityOf = (draft: NonNullable<ConversionRow['draft']['opportunity']>): Opportunity => {
  const { name, amount, currency, expectedCloseDate, pipelineId, ownerId, custom = {} } = draft;
  return {
    ...Opportunity.fromJSON({ name, pipelineId, ownerId }),
    // Sales knows its own fields, and takes those that it has.
    custom,
    ...(amount && { amount: { amount, currency, baseAmount: '', rateDate: '' } }),
    ...(expectedCloseDate && { expectedCloseDate }),
  };
};

/** Second step: sales makes the opportunity under the id allocated before, so that asking again is no second one. */
const makeOpportunity = async (sales: Sales, row: ConversionRow, token: string): Promise<void> => {
  if (!row.opportunity_id) return;
  const { customer_id: customerId, contact_id: contactId, lead_id: leadId, opportunity_id: id } = row;
  const opportunity = {
    ...opportunityOf(row.draft.opportunity!),
    customerId,
    contacts: [{ contactId, role: '' }],
  };
  await sales.createOpportunity(
    { opportunity, id, leadId, requestId: `conversion/${id}`, validateOnly: false },
    { token },
  );
  await step('conversion.opportunity');
};

const standsInSales = async ({ salesRecords, serviceToken }: Neighbours, { opportunity_id: id }: ConversionRow) => {
  if (!id) return true;
  const asked = { service: 'sales', noun: 'opportunity', id };
  return (await salesRecords.getState(asked, { token: await serviceToken() })).record !== undefined;
};

/** The request and the queue may both come to the end; the second one finds nothing that runs. */
const lockRunning = async (tx: Tx, leadId: string): Promise<ConversionRow | undefined> =>
  (await tx.sql
    .selectFrom('conversion')
    .selectAll()
    .where('lead_id', '=', leadId)
    .where('state', '=', 'CONVERSION_STATE_RUNNING')
    .forUpdate()
    .executeTakeFirst()) as ConversionRow | undefined;

/** Last step: the lead says what it became, and is history from now on. */
const complete = async ({ database }: CustomerService, { lead_id: leadId }: ConversionRow): Promise<void> => {
  await database.transact(async (tx) => {
    const process = await lockRunning(tx, leadId);
    if (!process) return;
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

const unlessGone = async (removal: Promise<unknown>): Promise<void> => {
  await removal.catch((error: unknown) => {
    if (asProblem(error).code !== 'NOT_FOUND') throw error;
  });
};

/** What was reserved goes into the recycle bin and the lead stays as it was. */
const compensate = async ({ database }: CustomerService, leadId: string, reason: string, caller: Caller) =>
  database.transact(async (tx) => {
    const row = await lockRunning(tx, leadId);
    if (!row) return;
    if (row.new_contact) await unlessGone(removeContact(tx, row.contact_id, asProcess(caller)));
    if (row.new_customer) await unlessGone(removeCustomer(tx, row.customer_id, asProcess(caller)));
    await tx.sql
      .updateTable('conversion')
      .set({ state: 'CONVERSION_STATE_FAILED', problem: reason })
      .where('lead_id', '=', leadId)
      .execute();
  });

/**
 * Nobody will make the opportunity any more: sales refused it, or the person is out. What sales has already (only the
 * answer was lost) is kept and the conversion completed, else it is undone.
 */
export const settleConversion = async (
  service: CustomerService,
  neighbours: Neighbours,
  process: ConversionRow,
  reason: string,
  caller: Caller,
): Promise<'kept' | 'undone'> => {
  if (await standsInSales(neighbours, process)) {
    await complete(service, process);
    return 'kept';
  }
  await compensate(service, process.lead_id, reason, caller);
  return 'undone';
};

/** May the same step go well later, with the same person and the same request? */
const mayPass = ({ passing, code }: Problem): boolean => passing || code === 'INTERNAL' || code === 'UNAUTHENTICATED';

/** Runs the steps that are left. Each may run again: they are known by ids allocated in the first one. */
export const continueConversion = async (
  service: CustomerService,
  neighbours: Neighbours,
  process: ConversionRow,
  caller: Caller,
): Promise<void> => {
  if (process.state !== 'CONVERSION_STATE_RUNNING') return;
  try {
    await makeOpportunity(neighbours.sales, process, caller.token);
  } catch (error) {
    const problem = asProblem(error);
    if (mayPass(problem)) throw problem;
    if ((await settleConversion(service, neighbours, process, problem.message, caller)) === 'undone') throw problem;
    return;
  }
  await complete(service, process);
};

/** Asks sales beforehand, so that a refusal costs nothing. */
const ask = async (sales: Sales, request: ConvertLeadRequest, row: LeadRow, caller: Caller): Promise<void> => {
  const { opportunity } = draftOf(row, request, caller);
  if (!opportunity) return;
  await sales.createOpportunity({
    // Which customer it will be is only known later; sales does not look for it while the lead is still to be converted.
    opportunity: { ...opportunityOf(opportunity), customerId: request.customerId || uuidv7() },
    validateOnly: true,
    requestId: '',
    id: '',
    leadId: row.id,
  });
};

export const convertLead = async (
  service: CustomerService,
  queue: Queue,
  neighbours: Neighbours,
  request: ConvertLeadRequest,
  caller: Caller,
): Promise<ConversionRow> => {
  const { database } = service;
  const row = await getRecord<LeadRow>(database.sql, lead, request.id, caller, { deleted: false });
  checkConvertible(row);
  await ask(neighbours.sales, request, row, caller);
  const process = await (request.validateOnly ? database.rehearse : database.transact)((tx) =>
    reserve(service, queue, tx, request, caller),
  );
  if (request.validateOnly) return process;
  try {
    await continueConversion(service, neighbours, process, caller);
  } catch (error) {
    // A passing trouble is the queue's to finish; the caller gets the process to look at, and is not refused what will be done.
    if (!mayPass(asProblem(error))) throw error;
  }
  return (await readConversion(database.sql, process.lead_id))!;
};
