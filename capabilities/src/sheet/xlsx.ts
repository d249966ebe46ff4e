import { Problem } from '@pelagic/chassis/problem';
import type { CellValue } from 'exceljs';
import { PassThrough, type Readable } from 'node:stream';
import type { Line } from './csv.ts';
import { badWorkbook } from './workbook.ts';

/** Loaded by who meets a workbook: a third of a second and ten megabytes that few starts need. */
const exceljs = async () => (await import('exceljs')).default;

const pad = (value: number): string => String(value).padStart(2, '0');

/** Excel knows no zones: its dates come as if they were UTC. Midnight is a date. */
const dateText = (date: Date): string => {
  if (Number.isNaN(date.getTime())) return '';
  const day = date.toISOString().slice(0, 10);
  const time = `${pad(date.getUTCHours())}:${pad(date.getUTCMinutes())}:${pad(date.getUTCSeconds())}`;
  return time === '00:00:00' ? day : `${day} ${time}`;
};

const cellText = (value: CellValue): string => {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return dateText(value);
  // 0.1 + 0.2 in a cell is meant as 0.3: fifteen digits are what Excel itself keeps.
  if (typeof value === 'number') return String(Number(value.toPrecision(15)));
  if (typeof value !== 'object') return String(value);
  if ('richText' in value) return value.richText.map(({ text }) => text).join('');
  if ('text' in value) return typeof value.text === 'string' ? value.text : cellText(value.text as CellValue);
  if ('error' in value) return '';
  return 'result' in value ? cellText(value.result as CellValue) : '';
};

const rowCells = (values: CellValue[] | Record<string, CellValue>): string[] => {
  const list = Array.isArray(values) ? values : Object.values(values);
  // The first entry is always empty: columns count from 1.
  return Array.from({ length: Math.max(0, list.length - 1) }, (_, index) => cellText(list[index + 1] as CellValue));
};

/** The lines that are not blank of the first sheet of a workbook that has any. */
export async function* xlsxLines(open: () => Promise<Readable>): AsyncGenerator<Line> {
  const { stream } = await exceljs();
  const source = await open();
  const reader = new stream.xlsx.WorkbookReader(source, {
    worksheets: 'emit',
    sharedStrings: 'cache',
    styles: 'cache',
    hyperlinks: 'ignore',
    entries: 'ignore',
  });
  try {
    let found = false;
    for await (const sheet of reader) {
      for await (const row of sheet) {
        const cells = rowCells(row.values);
        if (!cells.some((cell) => cell.trim())) continue;
        found = true;
        yield { row: row.number, cells };
      }
      if (found) return;
    }
  } catch (error) {
    throw error instanceof Problem ? error : badWorkbook('fileId');
  } finally {
    source.destroy();
  }
}

/** Numbers that a spreadsheet can hold exactly are written as numbers; all else is text, which is never a formula. */
const cellValue = (text: string): string | number =>
  /^-?(0|[1-9]\d{0,11})(\.\d{1,4})?$/.test(text) && text.replace(/\D/g, '').length <= 15 ? Number(text) : text;

/** A workbook of one sheet. `numeric` are the columns of numbers. */
export async function* xlsxBytes(
  lines: AsyncIterable<string[][]>,
  numeric: ReadonlySet<number> = new Set(),
): AsyncGenerator<Uint8Array> {
  const { stream } = await exceljs();
  const out = new PassThrough();
  const workbook = new stream.xlsx.WorkbookWriter({ stream: out, useStyles: false, useSharedStrings: false });
  const sheet = workbook.addWorksheet('Sheet1');
  const write = async () => {
    for await (const rows of lines) {
      for (const cells of rows)
        sheet.addRow(cells.map((cell, index) => (numeric.has(index) ? cellValue(cell) : cell))).commit();
      if (out.writableNeedDrain) await new Promise((resolve) => out.once('drain', resolve));
    }
    await workbook.commit();
  };
  write().catch((error: Error) => out.destroy(error));
  yield* out as AsyncIterable<Uint8Array>;
}
