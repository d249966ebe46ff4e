import { api, body, type Schemas } from '#lib/api/client.ts';
import { m } from '#lib/paraglide/messages.js';

export type Duplicate = Schemas['Duplicate'];

interface Draft {
  name?: string;
  phones?: string[];
  emails?: string[];
  taxId?: string;
}

/** Existing records that a draft resembles; none while it says too little. */
export async function duplicatesOf(
  noun: string,
  draft: Draft,
  excludeId?: string,
  signal?: AbortSignal,
): Promise<Duplicate[]> {
  const phones = draft.phones?.filter(Boolean) ?? [];
  const emails = draft.emails?.filter(Boolean) ?? [];
  const name = draft.name && draft.name.length > 1 ? draft.name : '';
  if (!name && !phones.length && !emails.length && !draft.taxId) return [];
  const request = {
    noun,
    phones,
    emails,
    ...(name ? { name } : {}),
    ...(draft.taxId ? { taxId: draft.taxId } : {}),
    ...(excludeId ? { excludeId } : {}),
  };
  const { duplicates } = await body(api.POST('/v1/duplicates:find', { body: request, ...(signal ? { signal } : {}) }));
  return duplicates;
}

const FIELDS: Record<string, () => string> = {
  phone: m.phones,
  email: m.emails,
  tax_id: m.tax_id,
  name: m.name,
  similar_name: m.similar_name,
};

/** 电话、邮箱 */
export function matchedBy({ matchedBy: fields }: Duplicate): string {
  return fields.map((field) => FIELDS[field]?.() ?? field).join(m.list_joint());
}
