import type { ConvertLeadRequest } from '@pelagic/proto/crm/customer/v1/conversion';
import type { CustomValues } from '@pelagic/capabilities/custom-field/custom-field';
import { queryable } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import { invalidField, refused } from '@pelagic/chassis/problem';
import type { Kysely } from 'kysely';
import { lead, refuseConverted, type LeadRow } from '../lead/lead.ts';

/** reserve: customer and contact stand; opportunity: sales has its part; complete: the lead says what it became. */
export type ConversionStep = 'reserve' | 'opportunity' | 'complete';

export type ConversionRow = {
  lead_id: string;
  state: 'CONVERSION_STATE_RUNNING' | 'CONVERSION_STATE_DONE' | 'CONVERSION_STATE_FAILED';
  step: ConversionStep;
  customer_id: string;
  contact_id: string;
  opportunity_id: string | null;
  new_customer: boolean;
  new_contact: boolean;
  draft: ConversionDraft;
  caller_id: string;
  session_id: string;
  problem: string;
  create_time: string;
};

/** What the caller asked for, kept until the last step: each try of a step says the same. */
export type ConversionDraft = {
  opportunity?: {
    name: string;
    amount: string;
    currency: string;
    expectedCloseDate?: string;
    pipelineId: string;
    ownerId: string;
    custom?: CustomValues;
  };
};

/** What the process does by itself: carries values that the person may not write, undoes what they may not delete. */
export const asProcess = ({ grants: _theirs, ...caller }: Caller): Caller => ({ ...caller, kind: 'service' });

/** Whose customer and deal it becomes: those of the lead's owner, or of the one who converts what nobody owns. */
export const ownerOf = (row: LeadRow, caller: Caller): string => row.owner_id ?? caller.id;

export const readConversion = async (db: Kysely<any>, leadId: string): Promise<ConversionRow | undefined> =>
  (await db.selectFrom('conversion').selectAll().where('lead_id', '=', leadId).executeTakeFirst()) as
    ConversionRow | undefined;

/** A lead on its way to a customer stays as it is until it has arrived, or came back. */
export const refuseConverting = async (tx: Tx, { id }: Pick<LeadRow, 'id'>): Promise<void> => {
  if ((await readConversion(tx.sql, id))?.state === 'CONVERSION_STATE_RUNNING')
    throw refused('CONVERSION_RUNNING', 'This lead is being converted already.');
};

/** A lead converts once, unless it was given up before. */
export const checkConvertible = (row: LeadRow): void => {
  refuseConverted(row);
  if (row.state === 'LEAD_STATE_INVALID')
    throw refused('LEAD_INVALID', 'An invalid lead cannot be converted; take it up again first.');
};

export const customerNameOf = (row: LeadRow, { customerName }: ConvertLeadRequest): string =>
  customerName.trim() || row.company || row.name;

/**
 * What a deal is called that is given no name: as the customer is, or else as the lead's person, as far as the converter
 * may see these. Who sees neither has it called by the lead's number, for a deal shows its name to all who see the deal.
 */
const dealNameOf = (row: LeadRow, request: ConvertLeadRequest, caller: Caller): string => {
  const seesLead = (field: 'company' | 'name') => queryable(caller, 'lead', field);
  const given = request.customerName.trim() !== '' || seesLead(row.company ? 'company' : 'name');
  if (given && queryable(caller, 'customer', 'name')) return customerNameOf(row, request);
  return row.company && seesLead('name') ? row.name : row.number;
};

/** As a person would enter it: what an amount is worth in the base currency is worked out by who takes it. */
const asEntered = (value: CustomValues[string]): CustomValues[string] =>
  value.value?.$case === 'money'
    ? { value: { $case: 'money', value: { ...value.value.value, baseAmount: '', rateDate: '' } } }
    : value;

/** The lead's custom fields: customer, contact and deal each take those that they have too. */
export const customOf = (row: LeadRow): CustomValues => {
  const custom = lead.mapping.toMessage(row as never)['custom'] as CustomValues;
  return Object.fromEntries(Object.entries(custom).map(([slug, value]) => [slug, asEntered(value)]));
};

export const draftOf = (row: LeadRow, request: ConvertLeadRequest, caller: Caller): ConversionDraft => {
  if (!request.createOpportunity) return {};
  const { name = '', amount = '', currency = '', expectedCloseDate, pipelineId = '' } = request.opportunity ?? {};
  if (amount && Number(amount) < 0)
    throw invalidField('opportunity.amount', 'OUT_OF_RANGE', 'An amount cannot be negative.');
  return {
    opportunity: {
      name: name || dealNameOf(row, request, caller),
      amount,
      currency,
      pipelineId,
      ownerId: ownerOf(row, caller),
      custom: customOf(row),
      ...(expectedCloseDate && { expectedCloseDate }),
    },
  };
};
