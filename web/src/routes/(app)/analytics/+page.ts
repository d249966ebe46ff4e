import { cubes } from './cubes.svelte.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async () => {
  await cubes.load();
};
