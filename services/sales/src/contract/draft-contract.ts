import { Contract } from '@pelagic/proto/crm/sales/v1/contract';
import { getRecord } from '@pelagic/capabilities/record/records';
import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import { invalidField, refused } from '@pelagic/chassis/problem';
import { opportunity, opportunityMessage, type OpportunityRow } from '../opportunity/opportunity.ts';
import { refuseClosed } from '../receipt/balance.ts';
import type { SalesService } from '../sales-service.ts';
import type { ContractRow } from './contract.ts';
import { createContract } from './write-contract.ts';

/** The drafted contract tells it, by fields of its own. */
const COPIED = ['name', 'customerId', 'contacts', 'lines', 'amount'].map((field): [string, string] => [
  'opportunity',
  field,
]);

/** What a won deal agreed, as a draft of whoever asks: they must see the deal. Lines come as they stand, with ids of their own. */
export const draftContract = async (
  service: SalesService,
  tx: Tx,
  dealId: string,
  caller: Caller,
): Promise<ContractRow> => {
  const row = await getRecord<OpportunityRow>(tx.sql, opportunity, dealId, caller, { deleted: false });
  refuseClosed(caller, COPIED);
  if (row.state !== 'OPPORTUNITY_STATE_WON')
    throw refused('OPPORTUNITY_NOT_WON', 'A contract is drafted of a deal that was won.');
  if (!row.customer_id) throw invalidField('contract.customerId', 'REQUIRED', 'This deal has no customer.');
  const deal = opportunityMessage(row);
  const lines = deal.lines.map(({ productId, quantity, price, discountPercent }) => ({
    productId,
    quantity,
    price,
    discountPercent,
  }));
  const message = Contract.fromJSON({
    name: deal.name,
    customerId: deal.customerId,
    ...(deal.contacts[0] && { contactId: deal.contacts[0].contactId }),
    ...(lines.length ? { lines } : { amount: deal.amount }),
  });
  return createContract(service, tx, message, caller, { opportunityId: dealId });
};
