import { campaigns } from '../campaign.ts';
import type { LayoutLoad } from './$types';

export const load: LayoutLoad = async ({ params, depends }) => {
  depends(`record:${params.id}`);
  return { campaign: await campaigns.get(params.id) };
};
