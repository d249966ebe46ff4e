import type { Opportunity } from '@pelagic/proto/crm/sales/v1/opportunity';
import type { BulkTarget } from '@pelagic/capabilities/job/bulk-target';
import { deleteRecord } from '@pelagic/capabilities/record/records';
import { invalidField } from '@pelagic/chassis/problem';
import type { SalesService } from '../sales-service.ts';
import { bringBackOpportunity, giveOpportunity } from './give-opportunity.ts';
import { refuseUnseen } from './opportunity.handlers.ts';
import { opportunity, type OpportunityRow } from './opportunity.ts';
import { updateOpportunity } from './write-opportunity.ts';

/** Deals as bulk edits and transfers change them, each by itself. */
export const opportunityBulk = (service: SalesService): BulkTarget => ({
  noun: opportunity,
  update: async (tx, { id, version, caller }, message, mask) => {
    const deal = message as unknown as Opportunity;
    await refuseUnseen(service, caller, deal, mask);
    return updateOpportunity(service, tx, id, { ...deal, version }, mask, caller);
  },
  assign: (tx, { id, version, caller, deleted = false }, ownerId, reason) => {
    if (!ownerId) throw invalidField('ownerId', 'REQUIRED', 'A deal always has an owner.');
    return giveOpportunity(service, tx, id, ownerId, caller, { version, reason, deleted });
  },
  delete: (tx, { id, version, caller }) => deleteRecord<OpportunityRow>(tx, opportunity, id, caller, version),
  undelete: (tx, { id, caller }, ownerId) => bringBackOpportunity(service, tx, id, ownerId, caller),
});
