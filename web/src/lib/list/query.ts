/** What a list shows, as its URL says it. */
export interface ListQuery {
  /** AIP-160. */
  filter: string;
  /** Words to find. */
  words: string;
  /** JSON name of a field, `-` before it for descending: `-createTime`; empty for the noun's own order. */
  sort: string;
  /** Id of the saved view that was opened last. */
  view: string;
  /** The recycle bin instead of the living. */
  deleted: boolean;
}

const KEYS = { filter: 'filter', words: 'q', sort: 'sort', view: 'view' } as const;

interface Parameters {
  get(name: string): string | null;
}

/** Reads parameter by parameter, so that a `load` that calls it runs again only when one of these changes. */
export function parseQuery(search: Parameters): ListQuery {
  return {
    filter: search.get(KEYS.filter) ?? '',
    words: search.get(KEYS.words) ?? '',
    sort: search.get(KEYS.sort) ?? '',
    view: search.get(KEYS.view) ?? '',
    deleted: search.get('deleted') === '1',
  };
}

/** `search` with the query in it; what belongs to others stays. Empty values leave no trace. */
export function printQuery(query: ListQuery, search: URLSearchParams): string {
  const next = new URLSearchParams(search);
  for (const [key, name] of Object.entries(KEYS) as [keyof typeof KEYS, string][]) {
    if (query[key]) next.set(name, query[key]);
    else next.delete(name);
  }
  if (query.deleted) next.set('deleted', '1');
  else next.delete('deleted');
  const text = next.toString();
  return text && `?${text}`;
}

/** The next state of a column's header: ascending, descending, none. */
export function nextSort(sort: string, field: string): string {
  if (sort === field) return `-${field}`;
  return sort === `-${field}` ? '' : field;
}

/** Characters that a filter may have. */
export const FILTER_MAX = 4_000;

/** Finds these records and no others. */
export function anyOf(ids: readonly string[]): string {
  return `(${ids.map((id) => `id = "${id}"`).join(' OR ')})`;
}
