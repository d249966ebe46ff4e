import { api, body } from '#lib/api/client.ts';
import type { Action } from '#lib/noun/noun.ts';
import { assignAction, deleteAction, editAction, shareAction, undeleteAction } from '#lib/record/usual-actions.ts';
import { customer as noun, type Customer } from './customer.ts';

export function customerActions(customer: Customer): Action[] {
  if (customer.deleteTime) return undeleteAction(noun, customer);
  const path = { id: customer.id };
  const { version } = customer;
  return [
    ...assignAction(noun, customer, (ownerId, reason) =>
      body(api.POST('/v1/customers/{id}:assign', { params: { path }, body: { ownerId, reason, version } })),
    ),
    ...editAction(noun, customer),
    ...shareAction(noun, customer, (shares) =>
      body(api.POST('/v1/customers/{id}:share', { params: { path }, body: { shares, version } })),
    ),
    ...deleteAction(noun, customer),
  ];
}
