import { NOUNS } from '#lib/nouns.ts';

/** Nouns that tasks and schedules can be about, as far as they have pages. */
const ABOUT = ['lead', 'customer', 'contact', 'opportunity', 'campaign', 'contract', 'ticket'];

export const LINKED: string[] = ABOUT.filter((name) => NOUNS.some(({ noun }) => noun === name));

/** Of a form opened from a record: what the new one is about. */
export function aboutFromUrl(params: Pick<URLSearchParams, 'get'>): Record<string, unknown> {
  const [recordNoun, recordId] = ['recordNoun', 'recordId'].map((key) => params.get(key));
  return recordNoun && recordId ? { recordNoun, recordId } : {};
}
