import { api, body } from '#lib/api/client.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ params, depends }) => {
  depends(`record:${params.id}`);
  return { queue: await body(api.GET('/v1/queues/{id}', { params: { path: { id: params.id } } })) };
};
