import type { Resource } from './api/resource.ts';
import { m } from './paraglide/messages.js';

export interface Named {
  id: string;
  name: string;
}

/** Ids in one question, so that the filter stays within its length. */
export const AT_ONCE = 60;

/** Names of records by their ids, or the field that they are `called` by. With a recycle `bin`, what lies there keeps its name and says that it was deleted. */
export const namesOf = (records: Pick<Resource<Named>, 'list'>, bin = false, called = 'name') => {
  const find = async (ids: string[], deleted: boolean): Promise<Named[]> => {
    const filter = ids.map((id) => `id = "${id}"`).join(' OR ');
    const { rows } = await records.list({ filter, deleted, size: AT_ONCE });
    return rows.map((row) => ({ id: row.id, name: String((row as unknown as Record<string, unknown>)[called] ?? '') }));
  };
  return async (ids: string[]): Promise<Named[]> => {
    const living = await find(ids, false);
    const found = new Set(living.map(({ id }) => id));
    const missing = ids.filter((id) => !found.has(id));
    if (!bin || missing.length === 0) return living;
    const deleted = await find(missing, true);
    return [...living, ...deleted.map(({ id, name }) => ({ id, name: name && m.name_deleted({ name }) }))];
  };
};
