import { SvelteMap } from 'svelte/reactivity';
import type { Stored } from '#lib/api/resource.ts';

/** Which rows of a list are chosen: some of those on the screen, or all that the filter finds. */
export class Selection<T extends Stored> {
  #chosen = new SvelteMap<string, T>();
  /** All that match, also those not scrolled to. */
  everything = $state(false);
  #last = '';

  get size(): number {
    return this.#chosen.size;
  }

  get records(): T[] {
    return [...this.#chosen.values()];
  }

  has(id: string): boolean {
    return this.everything || this.#chosen.has(id);
  }

  toggle(record: T): void {
    this.everything = false;
    if (!this.#chosen.delete(record.id)) this.#chosen.set(record.id, record);
    this.#last = record.id;
  }

  /** From the row that was chosen last to this one. */
  extend(record: T, rows: readonly T[]): void {
    const from = rows.findIndex(({ id }) => id === this.#last);
    const to = rows.findIndex(({ id }) => id === record.id);
    if (from < 0) return this.toggle(record);
    for (const row of rows.slice(Math.min(from, to), Math.max(from, to) + 1)) this.#chosen.set(row.id, row);
  }

  setAll(rows: readonly T[], chosen: boolean): void {
    this.clear();
    if (chosen) for (const row of rows) this.#chosen.set(row.id, row);
  }

  /** A record that was changed while it is chosen. */
  renew(record: T): void {
    if (this.#chosen.has(record.id)) this.#chosen.set(record.id, record);
  }

  clear(): void {
    this.everything = false;
    this.#chosen.clear();
  }
}
