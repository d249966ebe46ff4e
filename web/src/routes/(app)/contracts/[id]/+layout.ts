import { contracts } from '../contract.ts';
import type { LayoutLoad } from './$types';

export const load: LayoutLoad = async ({ params, depends }) => {
  depends(`record:${params.id}`);
  return { contract: await contracts.get(params.id) };
};
