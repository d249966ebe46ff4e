import type { Attachment } from 'svelte/attachments';

/** Rows drawn above and below what is seen, so that a quick scroll shows no gap. */
const SPARE = 12;

interface Scrolled {
  scrollTop: number;
}

/** Which rows of a long list are worth drawing. */
export class Viewport {
  #top = $state(0);
  #height = $state(800);
  #element: HTMLElement | null = null;

  /** Follows the scrolling element and keeps its place in `place`, to come back to. */
  attach(place: Scrolled): Attachment<HTMLElement> {
    return (element) => {
      this.#element = element;
      const measure = () => {
        this.#top = element.scrollTop;
        this.#height = element.clientHeight;
        place.scrollTop = element.scrollTop;
      };
      const observer = new ResizeObserver(measure);
      observer.observe(element);
      const kept = place.scrollTop;
      requestAnimationFrame(() => element.scrollTo({ top: kept }));
      element.addEventListener('scroll', measure, { passive: true });
      return () => {
        observer.disconnect();
        element.removeEventListener('scroll', measure);
        this.#element = null;
      };
    };
  }

  window(count: number, compact: boolean): { start: number; end: number; before: number; after: number } {
    const height = rowHeight(compact);
    const start = Math.max(0, Math.floor(this.#top / height) - SPARE);
    const end = Math.min(count, Math.ceil((this.#top + this.#height) / height) + SPARE);
    return { start, end, before: start * height, after: Math.max(0, count - end) * height };
  }

  /** Scrolls as little as needed for the row to be seen below the header. */
  reveal(row: number, compact: boolean): void {
    const element = this.#element;
    if (!element) return;
    const height = rowHeight(compact);
    const header = 32;
    const top = row * height;
    if (top < element.scrollTop) element.scrollTo({ top });
    else if (top + height + header > element.scrollTop + element.clientHeight)
      element.scrollTo({ top: top + height + header - element.clientHeight });
  }
}

/** The token's height in pixels; it is larger under a finger. */
function rowHeight(compact: boolean): number {
  const rem = parseFloat(
    getComputedStyle(document.documentElement).getPropertyValue(compact ? '--row-compact' : '--row'),
  );
  return rem * 16;
}
