import type { Contract } from '@pelagic/proto/crm/sales/v1/contract';
import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import { invalid, invalidField } from '@pelagic/chassis/problem';
import { unseen } from '../customer/customer.ts';
import type { SalesService } from '../sales-service.ts';

/** Refuses a customer that does not exist, or no longer; with `caller`, one that their copies here do not show them. */
export const checkContractCustomer = async (
  { customers }: SalesService,
  tx: Tx,
  id: string,
  caller?: Caller,
): Promise<void> => {
  const found = await customers.find(tx, id, caller);
  if (!found?.visible)
    throw invalidField(
      'contract.customerId',
      'UNKNOWN_CUSTOMER',
      'There is no such customer, or it is not yours to see.',
    );
  if (found.deleted)
    throw invalidField('contract.customerId', 'CUSTOMER_DELETED', 'This customer is in the recycle bin.');
};

/** Customer and contact that a person names are theirs to see; asked before the transaction, which waits for nobody. */
export const refuseUnseen = async (
  { customers }: SalesService,
  caller: Caller,
  message: Contract,
  mask: string[] | undefined,
): Promise<void> => {
  const names = (...paths: string[]) => !mask?.length || mask.some((path) => paths.includes(path));
  const contactId = names('contactId', 'contact_id') ? message.contactId : undefined;
  const errors = await unseen(customers, caller, {
    customerId: names('customerId', 'customer_id') ? message.customerId || undefined : undefined,
    contacts: contactId ? [{ contactId }] : [],
  });
  if (!errors.length) return;
  throw invalid(
    ...errors.map((error) => ({
      ...error,
      field: error.field === 'opportunity.customerId' ? 'contract.customerId' : 'contract.contactId',
    })),
  );
};
