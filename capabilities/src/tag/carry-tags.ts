import { unwritable } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import { sql } from 'kysely';
import type { Noun } from '../record/noun.ts';

/**
 * What of one record's tags another noun of the service takes over: those in use, of each exclusive group the first, if
 * the caller may write them there. The rest stays behind without a word.
 */
export const carryTags = async (tx: Tx, noun: Noun, ids: string[], caller: Caller): Promise<string[]> => {
  if (!ids.length || unwritable(caller, noun.noun, ['tagIds'], true, noun.key).length) return [];
  const { rows } = await sql<{ id: string }>`
    select distinct on (case when exclusive_group = '' then id::text else exclusive_group end) id::text
    from tag join unnest(${ids}::text[]) with ordinality as carried(tag_id, place) on id::text = carried.tag_id
    where not retired order by case when exclusive_group = '' then id::text else exclusive_group end, place`.execute(
    tx.sql,
  );
  const carried = new Set(rows.map(({ id }) => id));
  return ids.filter((id) => carried.has(id));
};
