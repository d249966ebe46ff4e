import { parseAmount } from '#lib/format/money.ts';

/** A cell of a block that was copied out of a spreadsheet: an amount, or undefined for an empty one. */
export type Block = (string | undefined)[][];

/** Rows by lines, cells by tabs. Null when some cell is no amount: then nothing is pasted. */
export function parseBlock(text: string): Block | null {
  const lines = text.replace(/\r\n?/g, '\n').replace(/\n$/, '').split('\n');
  const block: Block = [];
  for (const line of lines) {
    const row: Block[number] = [];
    for (const cell of line.split('\t')) {
      const typed = cell.trim();
      const amount = typed === '' || typed === '—' ? undefined : parseAmount(typed);
      if (amount === null || amount?.startsWith('-')) return null;
      row.push(amount);
    }
    block.push(row);
  }
  return block;
}

export const isBlock = (text: string): boolean => /[\t\n]/.test(text.replace(/\r?\n$/, ''));
