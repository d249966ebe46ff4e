import { reached, sharedIds } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import { sql, type RawBuilder } from 'kysely';
import type { Noun } from './noun.ts';

/**
 * Owners that are looked through one by one; a department holds the records of several. Of a filtered list fewer, since
 * each may have to be read whole.
 */
const OWNERS_MAX = 100;
const OWNERS_FILTERED_MAX = 10;
const OWNERS_A_DEPARTMENT = 3;

type Question = {
  noun: Noun;
  caller: Caller;
  action: string;
  /** What narrows the rows besides the caller's reach. */
  where: RawBuilder<boolean>[];
  /** Is there more than the bin? Then an index of the filter may be the shorter way. */
  filtered: boolean;
};

/** The first rows of a condition: id and what they are sorted by, as columns of those names. */
type First = (condition: RawBuilder<boolean>) => RawBuilder<unknown>;

/**
 * The ids of the first rows that the caller may see, as a table to select from. Whose reach is a few owners and departments,
 * each is looked through in the order of its own index, for in a table of a million rows theirs may be far apart; with a
 * wide reach the rows are taken in the order of the list, for the next of theirs is near.
 */
export const found = ({ noun, caller, action, where, filtered }: Question, first: First): RawBuilder<unknown> => {
  const whole = (part: RawBuilder<boolean>) => first(sql`${sql.join([part, ...where], sql` and `)}`);
  const reach = noun.spec.reach ? undefined : reached(caller, `${noun.noun}.${action}`);
  const owned = reach && !reach.all ? reach.owners.length + OWNERS_A_DEPARTMENT * reach.departments.length : Infinity;
  if (!reach || owned > (filtered ? OWNERS_FILTERED_MAX : OWNERS_MAX))
    return whole(noun.reach(caller, action, noun.table));
  const each = (column: string, ids: string[]) => sql`
    select each.* from unnest(${ids}::uuid[]) key
    cross join lateral (${whole(sql`${sql.ref(`${noun.table}.${column}`)} = key`)}) each`;
  const { owners, departments, shares } = reach;
  const parts = [
    each('owner_id', owners),
    ...(departments.length ? [each('department_id', departments)] : []),
    ...(shares
      ? [sql`(${whole(sql`${sql.ref(`${noun.table}.id`)} in (${sharedIds(caller, noun.noun, shares)})`)})`]
      : []),
  ];
  return sql`select * from (${sql.join(parts, sql` union `)}) reached`;
};
