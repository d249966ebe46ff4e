import { tasks } from '../task.ts';
import type { LayoutLoad } from './$types';

export const load: LayoutLoad = async ({ params, depends }) => {
  depends(`record:${params.id}`);
  return { task: await tasks.get(params.id) };
};
