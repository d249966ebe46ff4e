import { pipelines } from '../pipelines.svelte.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async () => {
  await pipelines.load();
};
