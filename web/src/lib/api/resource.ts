import { api, type Service } from './client.ts';
import { toOrderBy } from './field-path.ts';

/** What every record has. */
export interface Stored {
  id: string;
  version: number;
  /** In the recycle bin since. */
  deleteTime?: string;
}

export interface PageRequest {
  filter?: string;
  words?: string;
  /** As in the URL: `-createTime`. */
  sort?: string;
  deleted?: boolean;
  token?: string;
  size?: number;
  /** Also count, up to 1,001. */
  count?: boolean;
}

export interface Page<T> {
  rows: T[];
  /** Empty on the last page. */
  next: string;
  /** 1,001 means more than 1,000; absent unless asked for. */
  total?: number | undefined;
}

/** The standard methods of a noun. Fields are written by their key, custom fields as `custom.<slug>`. */
export interface Resource<T> {
  noun: string;
  /** Service that owns it: the first part of the path of views, custom fields and jobs. */
  service: Service;
  list(request: PageRequest, signal?: AbortSignal): Promise<Page<T>>;
  get(id: string, signal?: AbortSignal): Promise<T>;
  /** The same `requestId` answers what the first call made; nouns that take none are created without. */
  create(fields: Record<string, unknown>, requestId?: string): Promise<T>;
  /** Throws a Problem with code ABORTED when the stored version is another. */
  update(id: string, fields: Record<string, unknown>, version: number): Promise<T>;
  remove(id: string, version: number): Promise<void>;
  /** To the owner that it had, unless another is named. */
  undelete(id: string, ownerId?: string): Promise<T>;
}

type Init = { params?: { path?: object; query?: object }; body?: unknown; signal?: AbortSignal | undefined };
type Method = (path: string, init: Init) => Promise<{ data?: unknown }>;

/** The typed client knows each path; here the path is a parameter and the caller names the type. */
const standard = api as unknown as Record<'GET' | 'POST' | 'PATCH' | 'DELETE', Method>;

/** `{ 'custom.tier': x, name: y }` → `{ custom: { tier: x }, name: y }`. Empty values are left out: the mask clears them. */
export function nest(fields: Record<string, unknown>): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  const custom: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(fields)) {
    if (value === undefined || value === null || value === '') continue;
    if (key.startsWith('custom.')) custom[key.slice('custom.'.length)] = value;
    else record[key] = value;
  }
  if (Object.keys(custom).length > 0) record['custom'] = custom;
  return record;
}

/** `plural` is the list's name in its answer: `leads` of `/v1/leads`. */
export function resource<T>(service: Service, noun: string, path: string, plural: string): Resource<T> {
  const one = `${path}/{id}`;
  const data = async (answer: Promise<{ data?: unknown }>) => (await answer).data as T;
  return {
    service,
    noun,
    async list({ filter, words, sort, deleted, token, size, count }, signal) {
      const query = {
        ...(filter ? { filter } : {}),
        ...(words ? { query: words } : {}),
        ...(sort ? { orderBy: toOrderBy(sort) } : {}),
        ...(token ? { pageToken: token } : {}),
        ...(deleted ? { deleted } : {}),
        ...(count ? { count } : {}),
        pageSize: size ?? 50,
      };
      const answer = (await standard.GET(path, { params: { query }, signal })).data as Record<string, unknown>;
      return {
        rows: (answer[plural] ?? []) as T[],
        next: (answer['nextPageToken'] ?? '') as string,
        total: answer['totalSize'] as number | undefined,
      };
    },
    get: (id, signal) => data(standard.GET(one, { params: { path: { id } }, signal })),
    create: (fields, requestId) =>
      data(standard.POST(path, { params: { query: requestId ? { requestId } : {} }, body: nest(fields) })),
    update: (id, fields, version) =>
      data(
        standard.PATCH(one, {
          params: { path: { id }, query: { updateMask: Object.keys(fields).join(',') } },
          body: { ...nest(fields), version },
        }),
      ),
    async remove(id, version) {
      await standard.DELETE(one, { params: { path: { id }, query: { version } } });
    },
    undelete: (id, ownerId) =>
      data(standard.POST(`${one}:undelete`, { params: { path: { id } }, body: ownerId ? { ownerId } : {} })),
  };
}
