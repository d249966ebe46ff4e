import { invalidField } from '@pelagic/chassis/problem';
import { parse, type CsvError } from 'csv-parse';
import { stringify } from 'csv-stringify/sync';
import iconv from 'iconv-lite';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream';
import type { SheetEncoding } from './sniff.ts';

/** A line of a table. `row` counts as spreadsheets do: the first line is 1, blank ones count. */
export type Line = { row: number; cells: string[] };

const CODECS = { 'utf-8': 'utf8', 'utf-8-bom': 'utf8', 'utf-16': 'utf-16', gbk: 'gb18030' } as const;
/** One line; more is a quote that nobody closed. */
const LINE_MAX = 1_000_000;
/** Of the text that the delimiter is found in. */
const PEEK = 20_000;

/** The delimiter that stands most often in the first line, outside of quotes. */
export const delimiterOf = (text: string): string => {
  const [line = ''] = text
    .replace(/"(?:[^"]|"")*"/g, '')
    .split(/\r?\n|\r/)
    .filter((part) => part.trim());
  const counts = [',', '\t', ';', '，'].map((delimiter) => ({ delimiter, count: line.split(delimiter).length - 1 }));
  return counts.toSorted((a, b) => b.count - a.count)[0]!.delimiter;
};

/** Excel shows what begins with = + - @ as a formula; our own files guard it with an apostrophe, which is taken off here. */
const unguard = (cell: string): string => (/^'[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell);

const peek = async (source: Readable, codec: string): Promise<string> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of source) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size >= PEEK) break;
  }
  return iconv.decode(Buffer.concat(chunks), codec);
};

/** The lines of a CSV file that are not blank. `open` is called twice: to look for the delimiter, and to read. */
export async function* csvLines(
  open: () => Promise<Readable>,
  encoding: Exclude<SheetEncoding, 'xlsx'>,
): AsyncGenerator<Line> {
  const codec = CODECS[encoding];
  const delimiter = delimiterOf(await peek(await open(), codec));
  const source = await open();
  const parser = parse({
    bom: true,
    delimiter,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: false,
    max_record_size: LINE_MAX,
  });
  pipeline(source, iconv.decodeStream(codec), parser, () => {
    // An error of any of the three ends the loop below with it.
  });
  let row = 0;
  try {
    for await (const record of parser as AsyncIterable<string[]>) {
      row += 1;
      if (record.some((cell) => cell.trim())) yield { row, cells: record.map(unguard) };
    }
  } catch (error) {
    if (!(error as CsvError).code?.startsWith('CSV_')) throw error;
    throw invalidField(
      'fileId',
      'BAD_CSV',
      `The file cannot be read after row ${row}: a quotation mark may be left open there.`,
      { row },
    );
  } finally {
    source.destroy();
  }
}

/** UTF-8 with its mark, so that Excel shows Chinese; formulas guarded; CRLF as RFC 4180 says. */
export async function* csvBytes(lines: AsyncIterable<string[][]>): AsyncGenerator<Uint8Array> {
  yield Buffer.from('\uFEFF');
  for await (const rows of lines)
    yield Buffer.from(stringify(rows, { escape_formulas: true, record_delimiter: 'windows' }));
}
