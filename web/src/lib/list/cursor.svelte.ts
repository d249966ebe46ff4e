import type { Stored } from '#lib/api/resource.ts';
import type { Field } from '#lib/noun/field.ts';
import type { Selection } from './selection.svelte.ts';

interface Around<T extends Stored> {
  shown: Field[];
  selection: Selection<T>;
  mayEdit: (field: Field) => boolean;
}

/**
 * Where the keyboard stands in a table: J and K or the arrows move, Enter opens, X chooses, E edits. It stands on a record,
 * wherever others' changes move that to, and in its place when it is gone.
 */
export class Cursor<T extends Stored> {
  #place = $state.raw({ at: -1, id: '' });
  readonly #row = $derived.by(() => {
    const { at, id } = this.#place;
    if (at < 0) return -1;
    const rows = this.#rows();
    const found = rows[at]?.id === id ? at : rows.findIndex((record) => record.id === id);
    return found < 0 ? Math.min(at, rows.length - 1) : found;
  });
  column = $state(0);
  /** The cell that is being edited, with the record as it was when that began. */
  editing = $state.raw<{ seen: T; key: string } | null>(null);
  readonly #rows: () => readonly T[];
  readonly #open: (record: T) => unknown;

  constructor(rows: () => readonly T[], open: (record: T) => unknown) {
    this.#rows = rows;
    this.#open = open;
  }

  get row(): number {
    return this.#row;
  }

  set row(at: number) {
    this.#place = { at, id: this.#rows()[at]?.id ?? '' };
  }

  enter(): void {
    if (this.row < 0 && this.#rows().length > 0) this.row = 0;
  }

  leave(): void {
    this.row = -1;
    this.editing = null;
  }

  cellId(shown: Field[]): string | undefined {
    const record = this.#rows()[this.row];
    const field = shown[this.column];
    return record && field ? cellId(record.id, field.key) : undefined;
  }

  key(event: KeyboardEvent, around: Around<T>): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const rows = this.#rows();
    const record = rows[this.row];
    const handled =
      this.#move(event.key, rows.length, around.shown.length) || (record && this.#act(event, record, around));
    if (handled) event.preventDefault();
  }

  #move(key: string, rows: number, columns: number): boolean {
    const steps: Record<string, [down: number, right: number]> = {
      j: [1, 0],
      ArrowDown: [1, 0],
      k: [-1, 0],
      ArrowUp: [-1, 0],
      ArrowRight: [0, 1],
      ArrowLeft: [0, -1],
      PageDown: [15, 0],
      PageUp: [-15, 0],
      Home: [-this.row, 0],
      End: [rows - 1 - this.row, 0],
    };
    const step = steps[key.length === 1 ? key.toLowerCase() : key];
    if (!step) return false;
    this.row = Math.min(rows - 1, Math.max(0, this.row + step[0]));
    this.column = Math.min(columns - 1, Math.max(0, this.column + step[1]));
    return true;
  }

  #act(event: KeyboardEvent, record: T, { shown, selection, mayEdit }: Around<T>): boolean {
    switch (event.key) {
      case 'Enter':
        this.#open(record);
        return true;
      case 'x':
      case 'X':
      case ' ':
        if (event.shiftKey) selection.extend(record, this.#rows());
        else selection.toggle(record);
        return true;
      case 'e':
      case 'E':
      case 'F2':
        this.edit(record, shown, mayEdit);
        return true;
      case 'Escape':
        if (selection.size === 0) return false;
        selection.clear();
        return true;
      default:
        return false;
    }
  }

  /** The cell under the cursor, or the first one that may be edited. */
  edit(record: T, shown: Field[], mayEdit: (field: Field) => boolean): void {
    const here = shown[this.column];
    const field = here && mayEdit(here) ? here : shown.find(mayEdit);
    if (!field) return;
    this.column = shown.indexOf(field);
    this.editing = { seen: record, key: field.key };
  }
}

export function cellId(record: string, key: string): string {
  return `cell-${record}-${key.replace('.', '-')}`;
}
