import { tickets } from '../ticket.ts';
import type { LayoutLoad } from './$types';

export const load: LayoutLoad = async ({ params, depends }) => {
  depends(`record:${params.id}`);
  return { ticket: await tickets.get(params.id) };
};
