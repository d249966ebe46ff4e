import type { Field } from '#lib/noun/field.ts';
import { Stored } from '#lib/stored.svelte.ts';

interface Layout {
  /** Keys in order; null until somebody chose. */
  keys: string[] | null;
  /** Pixels. */
  widths: Record<string, number>;
}

const WIDTH = 160;
const WIDTH_MIN = 64;
const WIDTH_MAX = 640;

/** Which columns a list shows, in which order and how wide: chosen by the person, per list. */
export class Columns {
  #layout: Stored<Layout>;
  #defaults: string[];
  /** While the pointer drags the edge of a header. */
  #dragged = $state<{ key: string; width: number } | null>(null);

  constructor(list: string, defaults: string[]) {
    this.#layout = new Stored(`columns.${list}`, { keys: null, widths: {} });
    this.#defaults = defaults;
  }

  get keys(): string[] {
    return this.#layout.current.keys ?? this.#defaults;
  }

  /** The fields to show; the first field of the noun is always the first column. */
  visible(fields: Field[]): Field[] {
    const [first] = fields;
    const chosen = this.keys
      .map((key) => fields.find((field) => field.key === key))
      .filter((field) => field !== undefined && field !== first);
    return first ? [first, ...(chosen as Field[])] : [];
  }

  width(field: Field): number {
    if (this.#dragged?.key === field.key) return this.#dragged.width;
    return this.#layout.current.widths[field.key] ?? field.width ?? WIDTH;
  }

  choose(keys: string[]): void {
    this.#layout.current = { ...this.#layout.current, keys };
  }

  toggle(key: string): void {
    this.choose(this.keys.includes(key) ? this.keys.filter((other) => other !== key) : [...this.keys, key]);
  }

  /** One place up or down. */
  move(key: string, by: -1 | 1): void {
    const keys = [...this.keys];
    const from = keys.indexOf(key);
    const to = from + by;
    const other = keys[to];
    if (from < 0 || other === undefined) return;
    keys[to] = key;
    keys[from] = other;
    this.choose(keys);
  }

  reset(): void {
    this.#layout.current = { keys: null, widths: {} };
  }

  /** Follows the pointer from the edge of a header. */
  drag(event: PointerEvent, field: Field): void {
    const handle = event.currentTarget as HTMLElement;
    const from = event.clientX;
    const width = this.width(field);
    handle.setPointerCapture(event.pointerId);
    const move = (moved: PointerEvent) => {
      this.#dragged = { key: field.key, width: clamp(width + moved.clientX - from) };
    };
    const end = () => {
      handle.removeEventListener('pointermove', move);
      if (this.#dragged)
        this.#layout.current = {
          ...this.#layout.current,
          widths: { ...this.#layout.current.widths, [field.key]: this.#dragged.width },
        };
      this.#dragged = null;
    };
    handle.addEventListener('pointermove', move);
    handle.addEventListener('lostpointercapture', end, { once: true });
  }

  /** By keyboard. */
  widen(field: Field, by: number): void {
    const widths = { ...this.#layout.current.widths, [field.key]: clamp(this.width(field) + by) };
    this.#layout.current = { ...this.#layout.current, widths };
  }
}

function clamp(width: number): number {
  return Math.round(Math.min(WIDTH_MAX, Math.max(WIDTH_MIN, width)));
}
