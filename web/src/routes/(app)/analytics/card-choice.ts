import { goto } from '$app/navigation';
import { page } from '$app/state';

/** What a card was told to show, as the URL says it: `?trend=lead.new_count,WEEK`. */
export function cardChoice(card: string): string[] {
  return (page.url.searchParams.get(card) ?? '').split(',');
}

/** Empty for what is as usual. */
export function chooseOnCard(card: string, choice: string[]): void {
  const search = new URLSearchParams(page.url.search);
  const text = choice.join(',').replace(/,+$/, '');
  if (text) search.set(card, text);
  else search.delete(card);
  void goto(`?${search}`, { replace: true, reset: false });
}
