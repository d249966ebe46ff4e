import { activity } from './activity.ts';
import { campaign } from './campaign.ts';
import { contact } from './contact.ts';
import { contract } from './contract.ts';
import type { Cube } from './cube.ts';
import { customer } from './customer.ts';
import { lead } from './lead.ts';
import { opportunity } from './opportunity.ts';
import { receipt } from './receipt.ts';
import { target } from './target.ts';
import { task } from './task.ts';
import { ticket } from './ticket.ts';

/** Every cube by its noun. A new noun is a line here. */
export const CUBES: ReadonlyMap<string, Cube> = new Map(
  [lead, customer, contact, opportunity, contract, receipt, target, activity, campaign, task, ticket].map((cube) => [
    cube.noun,
    cube,
  ]),
);
