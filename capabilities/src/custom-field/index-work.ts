import type { Database } from '@pelagic/chassis/database';
import type { Work } from '@pelagic/chassis/queue';
import { sql } from 'kysely';
import { createHash } from 'node:crypto';
import { customColumn } from './custom-field.ts';
import { definitionsOf, forgetDefinitions } from './definitions.ts';

export type IndexTask = { noun: string; slug: string };

export const INDEX_QUEUE = 'custom_field_index';

/** PostgreSQL cuts names at 63 bytes; a long one ends in a hash so that two never become the same. */
export const indexName = (table: string, slug: string): string => {
  const name = `${table}_custom_${slug}`;
  return name.length <= 63
    ? name
    : `${name.slice(0, 52)}_${createHash('sha256').update(name).digest('hex').slice(0, 10)}`;
};

/**
 * Makes the index of a field that became sortable, or drops that of one that no longer is. Concurrently, so that
 * nobody waits for it; one that a crash left half-made is made anew. Running it twice does no harm.
 */
export const indexField = async (database: Database, { noun, slug }: IndexTask): Promise<void> => {
  const db = database.sql;
  forgetDefinitions(noun);
  const fields = await definitionsOf(db, noun);
  const field = fields.find((candidate) => candidate.slug === slug);
  const column = customColumn(fields, noun, slug);
  const name = indexName(noun, slug);
  const { rows } = await sql<{
    valid: boolean;
  }>`select indisvalid as valid from pg_index where indexrelid = to_regclass(${`"${name}"`})`.execute(db);
  const wanted = field?.indexed && !field.retired && column && column.kind !== 'choices';
  if (wanted && rows[0]?.valid) return;
  if (rows.length) await sql`drop index concurrently if exists ${sql.ref(name)}`.execute(db);
  if (wanted)
    await sql`create index concurrently if not exists ${sql.ref(name)} on ${sql.table(noun)} ((${column.sql}) desc nulls last, id desc) where delete_time is null`.execute(
      db,
    );
};

export const indexWork = (database: Database): Work<IndexTask> => ({
  queue: INDEX_QUEUE,
  run: (task) => indexField(database, task),
});
