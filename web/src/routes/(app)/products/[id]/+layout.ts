import { products } from '../product.ts';
import type { LayoutLoad } from './$types';

export const load: LayoutLoad = async ({ params, depends }) => {
  depends(`record:${params.id}`);
  return { product: await products.get(params.id) };
};
