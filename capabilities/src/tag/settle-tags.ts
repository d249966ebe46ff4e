import type { FieldError } from '@pelagic/chassis/problem';
import { invalid, invalidField } from '@pelagic/chassis/problem';
import { sql, type Kysely } from 'kysely';
import type { TagRow } from './tag.ts';

/** Tags on one record. */
const TAGS_MAX = 20;

type Known = Pick<TagRow, 'name' | 'exclusive_group' | 'retired'>;

const knownTags = async (db: Kysely<any>, ids: string[]): Promise<Map<string, Known>> => {
  const { rows } = await sql<Known & { id: string }>`
    select id::text, name, exclusive_group, retired from tag where id::text = any(${ids})`.execute(db);
  return new Map(rows.map((row) => [row.id, row]));
};

/** Which of the added ones stands for each exclusive group; a second one of a group is an error. */
const chosenOfGroups = (
  added: string[],
  known: Map<string, Known>,
  field: string,
): { chosen: Map<string, string>; errors: FieldError[] } => {
  const chosen = new Map<string, string>();
  const errors: FieldError[] = [];
  for (const id of added) {
    const { exclusive_group: group, name } = known.get(id)!;
    const other = chosen.get(group);
    if (!group) continue;
    if (other)
      errors.push({
        field,
        reason: 'TAGS_EXCLUDE',
        message: `${known.get(other)!.name} and ${name} exclude each other.`,
        params: { first: known.get(other)!.name, second: name, group },
      });
    else chosen.set(group, id);
  }
  return { chosen, errors };
};

type Options = {
  before: string[];
  /** All that the record is to have. */
  wanted: string[];
  field: string;
  /** History knows tags that are no longer in use. */
  past?: boolean | undefined;
};

/**
 * What a record has once it has what is wanted: an added tag takes the place of another of its exclusive group. Refuses
 * to add what there is not, or what was retired, and two of a group at once; what stands may stay.
 */
export const settleTags = async (
  db: Kysely<any>,
  { before, wanted, field, past = false }: Options,
): Promise<string[]> => {
  const ids = [...new Set(wanted.map((id) => id.toLowerCase()))];
  const added = ids.filter((id) => !before.includes(id));
  if (!added.length) return ids;
  const known = await knownTags(db, ids);
  const unknown = added.filter((id) => !known.has(id) || (known.get(id)!.retired && !past));
  if (unknown.length)
    throw invalid(
      ...unknown.map((id): FieldError => {
        const name = known.get(id)?.name;
        return name
          ? { field, reason: 'TAG_RETIRED', message: `${name} is no longer in use.`, params: { name } }
          : { field, reason: 'UNKNOWN_TAG', message: 'There is no such tag.' };
      }),
    );
  const { chosen, errors } = chosenOfGroups(added, known, field);
  if (errors.length) throw invalid(...errors);
  const after = ids.filter((id) => [id, undefined].includes(chosen.get(known.get(id)?.exclusive_group ?? '')));
  if (after.length > TAGS_MAX)
    throw invalidField(field, 'TOO_MANY', `A record has at most ${TAGS_MAX} tags.`, { max: TAGS_MAX });
  return after;
};
