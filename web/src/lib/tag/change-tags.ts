import { api } from '#lib/api/client.ts';
import type { Resource, Stored } from '#lib/api/resource.ts';

/** Puts on and takes off what differs, whatever others do to the record meanwhile. Throws the Problem of a refusal. */
export async function changeTags<T extends Stored>(
  { service, noun }: Resource<T>,
  recordId: string,
  before: string[],
  after: string[],
): Promise<void> {
  const addIds = after.filter((id) => !before.includes(id));
  const removeIds = before.filter((id) => !after.includes(id));
  if (addIds.length === 0 && removeIds.length === 0) return;
  const params = { path: { service } };
  await api.POST('/v1/{service}/tags:change', { params, body: { noun, recordId, addIds, removeIds } });
}
