import { api, body } from '#lib/api/client.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ depends }) => {
  depends('record:enterprise');
  return { enterprise: await body(api.GET('/v1/enterprise')) };
};
