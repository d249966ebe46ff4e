import { api, body } from '#lib/api/client.ts';
import { roles } from '../role.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ params, depends }) => {
  depends(`record:${params.id}`);
  const [role, catalogue] = await Promise.all([roles.get(params.id), body(api.GET('/v1/permissions'))]);
  return { role, nouns: catalogue.nouns };
};
