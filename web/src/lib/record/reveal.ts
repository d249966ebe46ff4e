import { api, body } from '#lib/api/client.ts';
import type { Resource, Stored } from '#lib/api/resource.ts';
import type { Field } from '#lib/noun/field.ts';

/** The value behind the mask; the service writes the reason to the audit log. */
export async function revealField<T extends Stored>(
  { service, noun }: Resource<T>,
  recordId: string,
  field: Field,
  reason: string,
): Promise<unknown> {
  const request = { noun, recordId, field: field.key, reason };
  const { value } = await body(
    api.POST('/v1/{service}/records:reveal', { params: { path: { service } }, body: request }),
  );
  return JSON.parse(value) as unknown;
}
