import type { NameTables } from '@pelagic/capabilities/export/run-export';
import type { Noun } from '@pelagic/capabilities/record/noun';
import { queryable, visible } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import { sql, type RawBuilder } from 'kysely';
import { SUBJECTS } from './activity/activity.ts';
import { contact } from './contact/contact.ts';
import { customer } from './customer/customer.ts';
import { lead } from './lead/lead.ts';

/** Of records that the caller may see, unless the name is hidden or masked for them. */
const named = (caller: Caller, noun: string, table: string, reach: RawBuilder<boolean>): RawBuilder<unknown> =>
  sql`(select id, name from ${sql.table(table)} where ${queryable(caller, noun, 'name') ? reach : sql`false`})`;

const namesOf =
  ({ noun, table, reach }: Noun) =>
  (caller: Caller): RawBuilder<unknown> =>
    named(caller, noun, table, reach(caller, 'read', table));

/** Names as exports write them beside what refers to them. */
export const recordNames: NameTables = {
  lead: namesOf(lead),
  customer: namesOf(customer),
  contact: namesOf(contact),
  opportunity: (caller) => {
    const owned = { noun: 'opportunity', table: SUBJECTS.opportunity };
    return named(caller, owned.noun, owned.table, visible(caller, 'opportunity.read', owned));
  },
};
