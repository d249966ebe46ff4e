import type { Lookup } from '@pelagic/capabilities/job/import-target';
import { sql } from 'kysely';
import { customer } from '../customer/customer.ts';

/** A customer that the importer's caller may see, by name, number or the id it had elsewhere. */
export const customerLookup: Lookup = async (text, { tx, caller }) => {
  const wanted = text.trim().toLowerCase();
  const { rows } = await sql<{ id: string; name: string }>`
    select id, name from customer where (lower(name) = ${wanted} or lower(number) = ${wanted} or external_id = ${text.trim()}) and delete_time is null
      and ${customer.reach(caller, 'read', 'customer')} limit 3`.execute(tx.sql);
  return rows;
};
