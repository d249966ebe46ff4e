import { goto } from '$app/navigation';
import { page } from '$app/state';
import type { Question } from './ask.svelte.ts';

/** Which figure's rows are open: a question, one of its measures, and the row of the answer (none: the total). */
export interface Drill {
  question: Question;
  measure: string;
  keys: string[];
}

/** The rows behind a figure are part of the URL, so that one can send them. */
export function openRows(drill: Drill): void {
  const search = new URLSearchParams(page.url.search);
  search.set('rows', JSON.stringify(drill));
  void goto(`?${search}`, { reset: false });
}

export function closeRows(): void {
  const search = new URLSearchParams(page.url.search);
  search.delete('rows');
  void goto(`?${search}`, { replace: true, reset: false });
}

export function parseDrill(text: string | null): Drill | null {
  if (!text) return null;
  try {
    const drill = JSON.parse(text) as Drill;
    return typeof drill.measure === 'string' && Array.isArray(drill.keys) && typeof drill.question === 'object'
      ? drill
      : null;
  } catch {
    return null;
  }
}
