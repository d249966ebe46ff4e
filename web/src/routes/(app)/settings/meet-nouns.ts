import { meetNoun } from '#lib/noun/field-labels.ts';
import { campaign } from '../campaigns/campaign.ts';
import { ticket } from '../tickets/ticket.ts';
import { contact } from '../contacts/contact.ts';
import { contract } from '../contracts/contract.ts';
import { customer } from '../customers/customer.ts';
import { lead } from '../leads/lead.ts';
import { opportunity } from '../opportunities/opportunity.ts';
import { schedule } from '../schedules/schedule.ts';
import { task } from '../tasks/task.ts';
import { person } from '../people/person.ts';
import { receipt } from '../receipts/receipt.ts';
import { product } from '../products/product.ts';

/** For pages that speak of fields of every noun. */
export function meetNouns(): void {
  for (const noun of [
    lead,
    customer,
    contact,
    opportunity,
    contract,
    receipt,
    product,
    campaign,
    task,
    schedule,
    ticket,
  ])
    meetNoun<never>(noun as never);
  meetNoun(person);
}
