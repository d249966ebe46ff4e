import { schedules } from '../schedule.ts';
import type { LayoutLoad } from './$types';

export const load: LayoutLoad = async ({ params, depends }) => {
  depends(`record:${params.id}`);
  return { schedule: await schedules.get(params.id) };
};
