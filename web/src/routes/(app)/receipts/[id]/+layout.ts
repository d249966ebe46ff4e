import { receipts } from '../receipt.ts';
import type { LayoutLoad } from './$types';

export const load: LayoutLoad = async ({ params, depends }) => {
  depends(`record:${params.id}`);
  return { receipt: await receipts.get(params.id) };
};
