import type { Filter } from '@pelagic/chassis/filter';
import { invalidField } from '@pelagic/chassis/problem';
import { sql, type Kysely } from 'kysely';
import { tidy } from '../record/tidy.ts';

type Condition = Extract<Filter, { field: string }>;

const BY_NAME = 'tags';
const BY_ID = 'tag_ids';

const keyOf = (name: string): string => tidy(name).toLowerCase();

const each = (filter: Filter, change: (condition: Condition) => Filter): Filter => {
  if ('field' in filter) return change(filter);
  if ('not' in filter) return { not: each(filter.not, change) };
  return 'all' in filter
    ? { all: filter.all.map((part) => each(part, change)) }
    : { any: filter.any.map((part) => each(part, change)) };
};

/** Says tags by their ids where a filter has them by name: `tags:"VIP"`, in whatever case. Saved views have ids, which outlive a new name. */
export const tagsByName = async (db: Kysely<any>, filter: Filter): Promise<Filter> => {
  const names = new Set<string>();
  each(filter, (condition) => {
    if (condition.field === BY_NAME && 'text' in condition.value) names.add(keyOf(condition.value.text));
    return condition;
  });
  if (!names.size) return filter;
  const { rows } = await sql<{ id: string; key: string }>`
    select id::text, lower(name) as key from tag where lower(name) = any(${[...names]})`.execute(db);
  const ids = new Map(rows.map(({ id, key }) => [key, id]));
  return each(filter, (condition) => {
    if (condition.field !== BY_NAME || !('text' in condition.value)) return condition;
    const { text, quoted } = condition.value;
    if (!text || (text === '*' && !quoted)) return { ...condition, field: BY_ID };
    const id = ids.get(keyOf(text));
    if (!id) throw invalidField('filter', 'UNKNOWN_VALUE', `tags: ${text} is no tag.`, { field: BY_NAME, value: text });
    return { ...condition, field: BY_ID, value: { text: id, quoted: true } };
  });
};
