import type { MatchRequesterRequest, MatchRequesterResponse } from '@pelagic/proto/crm/customer/v1/contact';
import { sql, type Kysely } from 'kysely';

type Match = { customer_id: string; contact_id: string | null };

/**
 * Whom a phone number or mail address belongs to, both in their normal form: the one contact that has it, else the one
 * customer. Several that have it (a switchboard) are nobody: a wrong name is worse than none.
 */
export const matchRequester = async (
  db: Kysely<any>,
  { phone, email }: MatchRequesterRequest,
): Promise<MatchRequesterResponse> => {
  const nobody = { customerId: undefined, contactId: undefined };
  const keys = [...(email ? [sql`('email', ${email})`] : []), ...(phone ? [sql`('phone', ${phone})`] : [])];
  if (!keys.length) return nobody;
  const having = (noun: string) =>
    sql`select distinct record_id from match_key where noun = ${noun} and not deleted and (kind, value) in (${sql.join(keys)})`;
  const contacts = await sql<Match>`
    select contact.customer_id, contact.id as contact_id from contact where delete_time is null and id in (${having('contact')}) limit 2`.execute(
    db,
  );
  const { rows } = contacts.rows.length
    ? contacts
    : await sql<Match>`
        select id as customer_id, null as contact_id from customer where delete_time is null and id in (${having('customer')}) limit 2`.execute(
        db,
      );
  const [one, other] = rows;
  return one && !other ? { customerId: one.customer_id, contactId: one.contact_id ?? undefined } : nobody;
};
