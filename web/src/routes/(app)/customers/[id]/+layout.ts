import { customers } from '../customer.ts';
import type { LayoutLoad } from './$types';

export const load: LayoutLoad = async ({ params, depends }) => {
  depends(`record:${params.id}`);
  return { customer: await customers.get(params.id) };
};
