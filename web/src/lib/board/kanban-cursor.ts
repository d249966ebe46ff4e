/** Walks a board by keyboard: up and down within a column, left and right to the next one that has cards. */
export class KanbanCursor {
  readonly #ask: (card: string) => unknown;

  /** `ask` opens the question where a card shall go. */
  constructor(ask: (card: string) => unknown) {
    this.#ask = ask;
  }

  key(event: KeyboardEvent): void {
    const card = event.currentTarget as HTMLElement;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key.toLowerCase() === 'm' || event.key === ' ') this.#ask(card.dataset['card'] ?? '');
    else if (!this.#walk(event.key, card)) return;
    event.preventDefault();
  }

  #walk(key: string, card: HTMLElement): boolean {
    const column = card.closest<HTMLElement>('[data-column]');
    if (!column) return false;
    const cards = cardsOf(column);
    const at = cards.indexOf(card);
    switch (key) {
      case 'ArrowDown':
      case 'j':
        cards[at + 1]?.focus();
        return true;
      case 'ArrowUp':
      case 'k':
        cards[at - 1]?.focus();
        return true;
      case 'ArrowRight':
      case 'ArrowLeft':
        beside(column, key === 'ArrowRight' ? 1 : -1, at)?.focus();
        return true;
      default:
        return false;
    }
  }
}

function cardsOf(column: HTMLElement): HTMLElement[] {
  return [...column.querySelectorAll<HTMLElement>('[data-card]')];
}

/** The card at the same place of the nearest column in a direction that has any, or its last one. */
function beside(column: HTMLElement, step: 1 | -1, at: number): HTMLElement | undefined {
  const columns = [...(column.closest('[role=group]')?.querySelectorAll<HTMLElement>('[data-column]') ?? [])];
  for (let place = columns.indexOf(column) + step; ; place += step) {
    const next = columns[place];
    if (!next) return undefined;
    const cards = cardsOf(next);
    if (cards.length > 0) return cards[at] ?? cards.at(-1);
  }
}
