import type { ConvertLeadRequest } from '@pelagic/proto/crm/customer/v1/conversion';
import { invalidField, refused } from '@pelagic/chassis/problem';
import { refuseConverted, type LeadRow } from '../lead/lead.ts';

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

/** What the caller asked for, kept until the last step. */
export type ConversionDraft = {
  opportunity?: { name: string; amount: string; currency: string; expectedCloseDate?: string; pipelineId: string };
};

/** A lead converts once, unless it was given up before. */
export const checkConvertible = (row: LeadRow): void => {
  refuseConverted(row);
  if (row.state === 'LEAD_STATE_INVALID')
    throw refused('LEAD_INVALID', 'An invalid lead cannot be converted; take it up again first.');
};

export const customerNameOf = (row: LeadRow, { customerName }: ConvertLeadRequest): string =>
  customerName.trim() || row.company || row.name;

export const draftOf = (row: LeadRow, request: ConvertLeadRequest): ConversionDraft => {
  if (!request.createOpportunity) return {};
  const { name = '', amount = '', currency = '', expectedCloseDate, pipelineId = '' } = request.opportunity ?? {};
  if (amount && Number(amount) < 0)
    throw invalidField('opportunity.amount', 'OUT_OF_RANGE', 'An amount cannot be negative.');
  return {
    opportunity: {
      name: name || customerNameOf(row, request),
      amount,
      currency,
      pipelineId,
      ...(expectedCloseDate && { expectedCloseDate }),
    },
  };
};
