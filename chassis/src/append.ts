import { sql } from 'kysely';
import type { Tx } from './database.ts';
import { WITH_NEXT } from './prepared.ts';

/** A row for a table that only grows. Its values are those of JSON; columns that it leaves out have their defaults. */
export type Appended = { table: string; row: Record<string, unknown> };

/**
 * Adds a row that nothing in this transaction reads: history, timeline. All that are alike go in with one statement before the
 * commit, so that a batch of a hundred changes does not pay a hundred round trips for them. A row whose identity is there
 * already is left as it is.
 */
export const append = (tx: Tx, table: string, row: Record<string, unknown>): void => {
  tx.appended.push({ table, row });
};

export const writeAppended = async (tx: Tx): Promise<void> => {
  const alike = Map.groupBy(tx.appended, ({ table, row }) => `${table} ${Object.keys(row).join()}`);
  for (const appended of alike.values()) {
    const { table, row } = appended[0]!;
    const rows = appended.map(({ row }) => row);
    const columns = sql.join(Object.keys(row).map((column) => sql.ref(column)));
    await sql`${sql.raw(WITH_NEXT)}
      insert into ${sql.table(table)} (${columns})
      select ${columns} from jsonb_populate_recordset(null::${sql.table(table)}, ${JSON.stringify(rows)}::jsonb)
      on conflict do nothing`.execute(tx.sql);
  }
};

/** Puts rows in by their id, all with one statement: what is there already gets these values. */
export const upsert = async (tx: Tx, table: string, rows: Record<string, unknown>[]): Promise<void> => {
  if (!rows.length) return;
  const names = Object.keys(rows[0]!);
  const columns = sql.join(names.map((name) => sql.ref(name)));
  const changes = names
    .filter((name) => name !== 'id')
    .map((name) => sql`${sql.ref(name)} = excluded.${sql.ref(name)}`);
  await sql`
    insert into ${sql.table(table)} (${columns})
    select ${columns} from jsonb_populate_recordset(null::${sql.table(table)}, ${JSON.stringify(rows)}::jsonb)
    on conflict (id) do update set ${sql.join(changes)}`.execute(tx.sql);
};
