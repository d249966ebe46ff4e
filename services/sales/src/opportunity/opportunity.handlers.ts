import {
  CreateOpportunityRequest,
  CreateOpportunityResponse,
  type Opportunity,
  OpportunityServiceService,
} from '@pelagic/proto/crm/sales/v1/opportunity';
import { listRecords } from '@pelagic/capabilities/record/list';
import { deleteRecord, getRecord } from '@pelagic/capabilities/record/records';
import { shareRecord } from '@pelagic/capabilities/record/shares';
import type { Caller } from '@pelagic/chassis/caller';
import { once } from '@pelagic/chassis/once';
import { invalid } from '@pelagic/chassis/problem';
import type { Handlers } from '@pelagic/chassis/rpc';
import { unseen } from '../customer/customer.ts';
import type { SalesService } from '../sales-service.ts';
import { getBoard } from './board.ts';
import { createOpportunity } from './create-opportunity.ts';
import { bringBackOpportunity, giveOpportunity } from './give-opportunity.ts';
import { checkItems, moveOpportunity, reopenOpportunity } from './move-opportunity.ts';
import { opportunity, opportunityMessage, type OpportunityRow } from './opportunity.ts';
import { listStays } from './stage-stay.ts';
import { updateOpportunity } from './write-opportunity.ts';

/** Customer and contacts that a person names are theirs to see; asked before the transaction, which waits for nobody. */
export const refuseUnseen = async (
  { customers }: SalesService,
  caller: Caller,
  message: Opportunity | undefined,
  mask: string[] | undefined,
): Promise<void> => {
  if (!message) return;
  const names = (...paths: string[]) => !mask?.length || mask.some((path) => paths.includes(path));
  const errors = await unseen(customers, caller, {
    customerId: names('customerId', 'customer_id') ? message.customerId : undefined,
    contacts: names('contacts') ? message.contacts : [],
  });
  if (errors.length) throw invalid(...errors);
};

const refuseUnseenLead = async ({ customers }: SalesService, caller: Caller, leadId: string): Promise<void> => {
  if (!leadId || (await customers.seen('lead', [leadId], caller)).has(leadId)) return;
  throw invalid({
    field: 'leadId',
    reason: 'UNKNOWN_LEAD',
    message: 'There is no such lead, or it is not yours to see.',
  });
};

const create = async (
  service: SalesService,
  request: CreateOpportunityRequest,
  caller: Caller,
): Promise<CreateOpportunityResponse> => {
  const { opportunity: message, validateOnly, id, leadId } = request;
  const customerPending = validateOnly && leadId !== '';
  await refuseUnseenLead(service, caller, leadId);
  if (!customerPending) await refuseUnseen(service, caller, message, undefined);
  const campaignId = leadId && !validateOnly ? await service.customers.campaignOf(leadId) : undefined;
  const more = {
    ...(id && { id }),
    ...(leadId && { leadId }),
    ...(campaignId && { campaignId }),
    customerKnown: customerPending,
  };
  return (validateOnly ? service.database.rehearse : service.database.transact)((tx) =>
    once(tx, caller, OpportunityServiceService.createOpportunity, request, async () => ({
      opportunity: opportunityMessage(await createOpportunity(service, tx, message!, caller, more)),
    })),
  );
};

export const opportunityHandlers = (service: SalesService): Handlers<OpportunityServiceService> => {
  const { database } = service;
  const answer = async (row: Promise<OpportunityRow>) => ({ opportunity: opportunityMessage(await row) });
  return {
    createOpportunity: (request, caller) => create(service, request, caller),
    getOpportunity: ({ id }, caller) => answer(getRecord<OpportunityRow>(database.sql, opportunity, id, caller)),
    listOpportunities: async (request, caller) => {
      const { rows, ...page } = await listRecords<OpportunityRow>(database.sql, opportunity, request, caller);
      return { opportunities: rows.map(opportunityMessage), ...page };
    },
    updateOpportunity: async ({ id, opportunity: message, updateMask }, caller) => {
      await refuseUnseen(service, caller, message, updateMask);
      return answer(database.transact((tx) => updateOpportunity(service, tx, id, message!, updateMask ?? [], caller)));
    },
    assignOpportunity: ({ id, ownerId, version, reason }, caller) =>
      answer(database.transact((tx) => giveOpportunity(service, tx, id, ownerId, caller, { version, reason }))),
    shareOpportunity: ({ id, shares, version }, caller) =>
      answer(
        database.transact((tx) =>
          shareRecord<OpportunityRow>(service, tx, opportunity, id, caller, { shares, version }),
        ),
      ),
    moveOpportunity: async ({ id, validateOnly, ...move }, caller) => {
      if (move.updateMask?.length) await refuseUnseen(service, caller, move.opportunity, move.updateMask);
      return answer(
        (validateOnly ? database.rehearse : database.transact)((tx) => moveOpportunity(service, tx, id, move, caller)),
      );
    },
    checkOpportunityItems: ({ id, itemIds, version }, caller) =>
      answer(database.transact((tx) => checkItems(tx, id, itemIds, caller, version))),
    reopenOpportunity: ({ id, reason, version }, caller) =>
      answer(database.transact((tx) => reopenOpportunity(service, tx, id, caller, { reason, version }))),
    listStageStays: async ({ id }, caller) => ({
      stays: await listStays(
        database.sql,
        await getRecord<OpportunityRow>(database.sql, opportunity, id, caller),
        caller,
      ),
    }),
    getBoard: async (request, caller) => ({ columns: await getBoard(database.sql, request, caller) }),
    deleteOpportunity: async ({ id, version }, caller) => {
      await database.transact((tx) => deleteRecord<OpportunityRow>(tx, opportunity, id, caller, version));
      return {};
    },
    undeleteOpportunity: ({ id, ownerId }, caller) =>
      answer(database.transact((tx) => bringBackOpportunity(service, tx, id, ownerId, caller))),
  };
};
