import type { Option } from '#lib/ui/Picker.svelte';
import { recordSearch } from '#lib/form/record-search.ts';
import { NOUNS, recordPath } from '#lib/nouns.ts';
import { session } from '#lib/session.svelte.ts';

export interface Found extends Option {
  noun: string;
  href: string;
}

const FOUND = NOUNS.filter(({ rail }) => rail).map(({ noun }) => noun);

/** Looks in every noun that the person may read; one that does not answer is left out. */
export async function findRecords(words: string, signal: AbortSignal): Promise<Found[]> {
  const nouns = FOUND.filter((noun) => session.can(`${noun}.read`));
  const answers = await Promise.allSettled(nouns.map((noun) => recordSearch(noun)(words, signal)));
  return answers.flatMap((answer, index) => {
    const noun = nouns[index] ?? '';
    const options = answer.status === 'fulfilled' ? answer.value.slice(0, 5) : [];
    return options.map((option) => ({ ...option, noun, href: recordPath(noun, option.value) ?? '' }));
  });
}
