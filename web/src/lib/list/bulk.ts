import { api, body } from '#lib/api/client.ts';
import type { Resource, Stored } from '#lib/api/resource.ts';
import { toOrderBy } from '#lib/api/field-path.ts';
import { watchJob, type Job } from '#lib/jobs/jobs.svelte.ts';
import { getLocale } from '#lib/paraglide/runtime.js';
import { anyOf, FILTER_MAX, type ListQuery } from './query.ts';
import type { Selection } from './selection.svelte.ts';

export type BulkChange =
  | { action: 'update'; fields: Record<string, unknown> }
  | { action: 'tag'; addTagIds: string[]; removeTagIds: string[] }
  | { action: 'assign'; ownerId: string }
  | { action: 'delete' }
  /** To the owner that each had, unless another is named. */
  | { action: 'undelete'; ownerId?: string };

/** What a bulk edit writes; here an empty value must stand, for no mask says that it clears the field. */
function changesOf(fields: Record<string, unknown>): string {
  const plain: Record<string, unknown> = {};
  const custom: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(fields)) {
    if (key.startsWith('custom.')) custom[key.slice('custom.'.length)] = value ?? {};
    else plain[key] = value ?? null;
  }
  return JSON.stringify({ ...plain, ...(Object.keys(custom).length > 0 ? { custom } : {}) });
}

/** The same change on every chosen record, or on all that the list finds: a job, each record with its own right and version. */
export async function startBulk<T extends Stored>(
  { service, noun }: Resource<T>,
  selection: Selection<T>,
  query: ListQuery,
  change: BulkChange,
): Promise<Job> {
  const whose = selection.everything
    ? { filter: query.filter, query: query.words }
    : { records: selection.records.map(({ id, version }) => ({ id, version })) };
  const job = await body(
    api.POST('/v1/{service}/bulk-edits', {
      params: { path: { service } },
      body: {
        noun,
        ...whose,
        ...(change.action === 'update' ? { action: 'update', changes: changesOf(change.fields) } : change),
        requestId: crypto.randomUUID(),
      },
    }),
  );
  return watchJob(job);
}

/** What finds the chosen rows and no others; undefined for more of them than a filter can name. */
export function chosenQuery<T extends Stored>(selection: Selection<T>, query: ListQuery): ListQuery | undefined {
  if (selection.everything) return query;
  const filter = anyOf(selection.records.map(({ id }) => id));
  return filter.length > FILTER_MAX ? undefined : { ...query, filter, words: '' };
}

/** What the list shows, as a file: a job, since it may be long. */
export async function startExport<T extends Stored>(
  { service, noun }: Resource<T>,
  query: ListQuery,
  fields: string[],
  format: 'csv' | 'xlsx',
): Promise<Job> {
  const job = await body(
    api.POST('/v1/{service}/exports', {
      params: { path: { service } },
      body: {
        noun,
        filter: query.filter,
        query: query.words,
        orderBy: toOrderBy(query.sort),
        fields,
        format,
        locale: getLocale(),
        requestId: crypto.randomUUID(),
      },
    }),
  );
  return watchJob(job);
}
