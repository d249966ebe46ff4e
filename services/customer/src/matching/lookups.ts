import type { Lookup } from '@pelagic/capabilities/job/import-target';
import { queryable } from '@pelagic/chassis/access';
import { sql, type RawBuilder } from 'kysely';
import { customer } from '../customer/customer.ts';

/** A customer that the importer's caller may see, by name, number or the id it had elsewhere, unless these are masked for them. */
export const customerLookup: Lookup = async (text, { tx, caller }) => {
  const wanted = text.trim().toLowerCase();
  const by = (field: string, column: RawBuilder<unknown>, value: string) =>
    queryable(caller, 'customer', field) ? sql`${column} = ${value}` : sql`false`;
  const { rows } = await sql<{ id: string; name: string }>`
    select id, name from customer where (${by('name', sql`lower(name)`, wanted)} or ${by('number', sql`lower(number)`, wanted)} or ${by('externalId', sql`external_id`, text.trim())}) and delete_time is null
      and ${customer.reach(caller, 'read', 'customer')} limit 3`.execute(tx.sql);
  return rows;
};
