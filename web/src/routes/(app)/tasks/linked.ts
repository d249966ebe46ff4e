import { NOUNS } from '#lib/nouns.ts';

/** Nouns that a task can be about, as far as they have pages. */
const ABOUT = ['lead', 'customer', 'contact', 'opportunity', 'campaign', 'contract', 'ticket'];

export const LINKED: string[] = ABOUT.filter((name) => NOUNS.some(({ noun }) => noun === name));
