import { leads } from '../lead.ts';
import type { LayoutLoad } from './$types';

export const load: LayoutLoad = async ({ params, depends }) => {
  depends(`record:${params.id}`);
  return { lead: await leads.get(params.id) };
};
