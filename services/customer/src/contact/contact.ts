import { defineNoun } from '@pelagic/capabilities/record/noun';
import type { RecordRow } from '@pelagic/capabilities/record/records';
import { tidyName } from '@pelagic/capabilities/record/tidy';
import { may, visible } from '@pelagic/chassis/access';
import { sql } from 'kysely';
import { normalizeEmail, normalizePhone } from '@pelagic/capabilities/record/reachable';
import { unique } from '../matching/normalize.ts';
import type { MatchKey } from '../matching/match-key.ts';

export type ContactRow = RecordRow & {
  number: string;
  name: string;
  customer_id: string;
  phones: string[];
  emails: string[];
  primary: boolean;
  owner_id: string | null;
  department_id: string | null;
  lead_id: string | null;
};

/** A contact is seen with its customer, and changed by whoever may change that. */
export const contact = defineNoun({
  noun: 'contact',
  search: { open: ['name', 'number'], guarded: ['phones', 'emails'] },
  reach: (caller, action, table) =>
    may(caller, `contact.${action}`)
      ? sql`exists (select from customer where customer.id = ${sql.ref(`${table}.customer_id`)} and customer.delete_time is null
          and ${visible(caller, ['read', 'export', 'reveal'].includes(action) ? 'customer.read' : 'customer.update', { noun: 'customer', table: 'customer' })})`
      : sql`false`,
});

export const normalizeContact = (row: ContactRow): void => {
  row.name = tidyName(row.name, 'contact.name');
  row.phones = unique((row.phones ?? []).map((phone, index) => normalizePhone(phone, `contact.phones[${index}]`)));
  row.emails = unique((row.emails ?? []).map((email, index) => normalizeEmail(email, `contact.emails[${index}]`)));
};

export const contactKeys = ({ phones, emails }: ContactRow): MatchKey[] => [
  ...phones.map((value) => ({ kind: 'phone' as const, value, blocking: false })),
  ...emails.map((value) => ({ kind: 'email' as const, value, blocking: false })),
];
