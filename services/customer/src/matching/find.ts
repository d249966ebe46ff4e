import type { RowKey } from '@pelagic/capabilities/job/import-target';
import type { Tx } from '@pelagic/chassis/database';
import { sql } from 'kysely';

/** Living records of a noun that carry one of the keys: an external id, a phone, mail, tax number or company name. */
export const findByKeys = async (tx: Tx, noun: string, keys: RowKey[]): Promise<string[]> => {
  if (!keys.length) return [];
  const external = keys.filter(({ kind }) => kind === 'external').map(({ value }) => value);
  const others = keys.filter(({ kind }) => kind !== 'external');
  const matches = others.length
    ? sql`union select record_id from match_key where noun = ${noun} and not deleted and (kind, value) in (${sql.join(others.map(({ kind, value }) => sql`(${kind}, ${value})`))})`
    : sql``;
  const { rows } = await sql<{ id: string }>`
    select id from ${sql.table(noun)} where external_id = any(${external}) and external_id <> '' and delete_time is null ${matches}`.execute(
    tx.sql,
  );
  return rows.map(({ id }) => id);
};
