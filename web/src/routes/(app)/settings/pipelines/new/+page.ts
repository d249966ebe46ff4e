import { pipelines } from '../../../opportunities/pipelines.svelte.ts';
import { blankPipeline } from '../draft.ts';
import type { PageLoad } from './$types';

/** Begins as a copy of the default one: it is easier to change what works than to begin with nothing. */
export const load: PageLoad = async () => {
  const all = await pipelines.load();
  return { pipeline: blankPipeline(all.find((one) => one.default)) };
};
