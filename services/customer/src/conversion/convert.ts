import { OpportunityServiceService } from '@pelagic/proto/crm/sales/v1/opportunity';
import { Opportunity } from '@pelagic/proto/crm/sales/v1/opportunity';
import type { ConvertLeadRequest } from '@pelagic/proto/crm/customer/v1/conversion';
import { applyChange, getRecord } from '@pelagic/capabilities/record/records';
import type { Caller } from '@pelagic/chassis/caller';
import type { Connected } from '@pelagic/chassis/client';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { asProblem } from '@pelagic/chassis/problem';
import type { Queue } from '@pelagic/chassis/queue';
import { step } from '@pelagic/chassis/steps';
import { sql } from 'kysely';
import { removeContact } from '../contact/contact.handlers.ts';
import { removeCustomer } from '../customer/customer.handlers.ts';
import type { CustomerService } from '../customer-service.ts';
import { lead, type LeadRow } from '../lead/lead.ts';
import { checkConvertible, draftOf, type ConversionRow } from './conversion.ts';
import { readConversion, reserve } from './reserve.ts';

export type Sales = Connected<OpportunityServiceService>;
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
    // Which customer it will be is only known later; sales does not look for it while the lead is still to be converted.
    customerId: request.customerId || uuidv7(),
    ...(expectedCloseDate && { expectedCloseDate }),
  });
  await sales.createOpportunity({
    opportunity: { ...draft, ...(amount && { amount: { amount, currency, baseAmount: '', rateDate: '' } }) },
    validateOnly: true,
    requestId: '',
    id: '',
    leadId: row.id,
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
