import { invalidField } from '@pelagic/chassis/problem';
import { beginningOf } from '@pelagic/chassis/text';
import type { Readable } from 'node:stream';
import { csvLines, type Line } from './csv.ts';
import type { SheetEncoding } from './sniff.ts';
import { xlsxLines } from './xlsx.ts';

/** Columns of one sheet. */
const COLUMNS_MAX = 200;
const HEADING_MAX = 200;

export type SheetSource = { open: () => Promise<Readable>; encoding: SheetEncoding };

export type Sheet = {
  /** Headings, each once: a second Name is Name (2), one without words is Column 3. */
  columns: string[];
  /** The lines below the headings, once. */
  lines: AsyncGenerator<Line>;
};

const headings = (cells: string[]): string[] => {
  const taken = new Map<string, number>();
  return cells.map((cell, index) => {
    const name = beginningOf(cell.replace(/\s+/g, ' ').trim(), HEADING_MAX) || `Column ${index + 1}`;
    const count = (taken.get(name) ?? 0) + 1;
    taken.set(name, count);
    return count === 1 ? name : `${name} (${count})`;
  });
};

const trimEnd = (cells: string[]): string[] => cells.slice(0, cells.findLastIndex((cell) => cell.trim()) + 1);

/** Opens a table: its first line that is not blank are the headings. Refuses what has none, or too many columns. */
export const openSheet = async ({ open, encoding }: SheetSource): Promise<Sheet> => {
  const lines = encoding === 'xlsx' ? xlsxLines(open) : csvLines(open, encoding);
  const first = await lines.next();
  if (first.done) throw invalidField('fileId', 'EMPTY_FILE', 'The file has no rows.');
  const columns = headings(trimEnd(first.value.cells));
  if (columns.length > COLUMNS_MAX) {
    await lines.return(undefined);
    throw invalidField('fileId', 'TOO_MANY_COLUMNS', `The file has more than ${COLUMNS_MAX} columns.`, {
      max: COLUMNS_MAX,
    });
  }
  return { columns, lines };
};

/** Rows of the table, headings not counted. */
export const countLines = async (source: SheetSource): Promise<number> => {
  let count = 0;
  for await (const _ of (await openSheet(source)).lines) count += 1;
  return count;
};
