import { api, body } from '#lib/api/client.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ params, depends }) => {
  depends(`record:${params.id}`);
  return { partner: (await body(api.GET('/v1/partners/{id}', { params: { path: { id: params.id } } }))).partner! };
};
