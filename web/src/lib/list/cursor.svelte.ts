import type { Stored } from '#lib/api/resource.ts';
import type { Field } from '#lib/noun/field.ts';
import type { Selection } from './selection.svelte.ts';

interface Around<T extends Stored> {
  rows: readonly T[];
  shown: Field[];
  selection: Selection<T>;
  mayEdit: (field: Field) => boolean;
}

/** Where the keyboard stands in a table: J and K or the arrows move, Enter opens, X chooses, E edits. */
export class Cursor<T extends Stored> {
  row = $state(-1);
  column = $state(0);
  /** The cell that is being edited, with the record as it was when that began. */
  editing = $state.raw<{ seen: T; key: string } | null>(null);
  readonly #open: (record: T) => unknown;

  constructor(open: (record: T) => unknown) {
    this.#open = open;
  }

  enter(count: number): void {
    if (this.row < 0 && count > 0) this.row = 0;
  }

  leave(): void {
    this.row = -1;
    this.editing = null;
  }

  cellId(rows: readonly T[], shown: Field[]): string | undefined {
    const record = rows[this.row];
    const field = shown[this.column];
    return record && field ? cellId(record.id, field.key) : undefined;
  }

  key(event: KeyboardEvent, { rows, shown, selection, mayEdit }: Around<T>): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const record = rows[this.row];
    const handled =
      this.#move(event.key, rows.length, shown.length) ||
      (record && this.#act(event, record, { rows, shown, selection, mayEdit }));
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

  #act(event: KeyboardEvent, record: T, { rows, shown, selection, mayEdit }: Around<T>): boolean {
    switch (event.key) {
      case 'Enter':
        this.#open(record);
        return true;
      case 'x':
      case 'X':
      case ' ':
        if (event.shiftKey) selection.extend(record, rows);
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
