import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import { sql } from 'kysely';
import type { RowKey } from '../job/import-target.ts';
import type { Row } from '../record/mapping.ts';
import type { Identities, Match } from './identities.ts';
import { identityOf, likenessOf, type Identity, type Likeness } from './likeness.ts';
import type { Plan } from './plan.ts';

/** The records that rows may be, looked up for many rows at once. */
export type Matching = {
  /** What rows with these keys may be, brought by a file or entered by hand. */
  begin: (keys: RowKey[]) => Promise<void>;
  /** The records that the row is; `twin` is the row of the same file that was one of them before. */
  recordsOf: (identity: Identity, row: number) => Promise<{ ids: string[]; twin?: number }>;
  /** Whether the person may see a record that a row is. */
  sees: (id: string) => boolean;
};

type Options = { tx: Tx; plan: Plan; identities: Identities; caller: () => Caller };

const NOBODY: Identity = { keys: [], name: '' };

export const openMatching = ({ tx, plan: { target, noun }, identities, caller }: Options): Matching => {
  const records = new Map<string, { identity: Identity; seen: boolean }>();
  /** No row can be a record that no file brought. */
  let strangers = false;

  const read = async (ids: string[]): Promise<void> => {
    const asked = ids.filter((id) => !records.has(id));
    if (!asked.length) return;
    const { rows } = await sql<Row & { seen_by_caller: boolean }>`
      select *, (${noun.reach(caller(), 'read', noun.table)}) as seen_by_caller from ${sql.table(noun.table)} where id = any(${asked}::uuid[])`.execute(
      tx.sql,
    );
    for (const id of asked) records.set(id, { identity: NOBODY, seen: false });
    for (const { seen_by_caller: seen, ...row } of rows)
      records.set(row['id'] as string, {
        identity: identityOf(target, noun.mapping.toMessage(row), caller()),
        seen: seen === true,
      });
  };

  const liken = (identity: Identity, { recordId, keys, identity: before }: Match): Likeness => {
    const record = before ?? records.get(recordId)!.identity;
    // A key that a row brought stays with the record when its field has changed since.
    return likenessOf(identity, { ...record, keys: [...record.keys, ...keys] }, target.contradiction);
  };

  return {
    begin: async (keys) => {
      await identities.load(keys);
      await read(identities.match(keys, 0).map(({ recordId }) => recordId));
      strangers = !keys.length || (target.findsMany === true && !(await target.find(tx, keys)).length);
    },
    recordsOf: async (identity, row) => {
      const matches = identities.match(identity.keys, row);
      const are = (likeness: Likeness) => matches.filter((match) => liken(identity, match) === likeness);
      await read(matches.map(({ recordId }) => recordId));
      let found = are('same');
      if (!found.length && !strangers) {
        const known = new Set(matches.map(({ recordId }) => recordId));
        const ids = (await target.find(tx, identity.keys)).filter((id) => !known.has(id));
        await read(ids);
        matches.push(...ids.map((recordId) => ({ recordId, keys: [] })));
        found = are('same');
      }
      if (!found.length) found = are('likely');
      const twin = found.find((match) => match.twin !== undefined)?.twin;
      return { ids: found.map(({ recordId }) => recordId), ...(twin !== undefined && { twin }) };
    },
    sees: (id) => records.get(id)?.seen ?? false,
  };
};
