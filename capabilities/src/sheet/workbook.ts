import { invalidField, Problem } from '@pelagic/chassis/problem';
import type { Readable } from 'node:stream';
import unzipper from 'unzipper';

/** What a workbook may unpack to, bytes: beyond it somebody means harm, or should send a CSV file. */
const UNPACKED_MAX = 600_000_000;
/** Parts that a reader keeps whole while it goes through the rows: texts, styles, relations. */
const KEPT_MAX = 64_000_000;
/** One row, as long as a line of a CSV file. */
const ROW_MAX = 1_000_000;

const ROW = Buffer.from('<row');
const END = Buffer.from('</sheetData>');

export const badWorkbook = (field: string): Problem =>
  invalidField(
    field,
    'BAD_XLSX',
    'The workbook cannot be read. Open it in a spreadsheet program and save it again as .xlsx.',
  );

const tooLarge = (): Problem =>
  invalidField('file', 'TOO_LARGE_UNPACKED', 'The workbook is too large once unpacked. Save the sheet as CSV.');

/** Bytes since the last row began, at most those of one chunk too many; none before the rows and after them. */
const rowMeter = (): ((chunk: Buffer) => number) => {
  let since = 0;
  let ended = false;
  let edge: Buffer = Buffer.alloc(0);
  return (chunk) => {
    const bytes = Buffer.concat([edge, chunk]);
    edge = bytes.subarray(-END.length);
    ended ||= bytes.includes(END);
    const at = bytes.lastIndexOf(ROW);
    since = at < 0 ? since + chunk.length : bytes.length - at;
    return ended ? 0 : since;
  };
};

/**
 * Refuses a workbook that would not fit into memory while it is read, by what it truly unpacks to: what its directory
 * says is the sender's word.
 */
export const checkWorkbook = async (open: () => Promise<Readable>): Promise<void> => {
  const source = await open();
  let total = 0;
  try {
    for await (const part of source.pipe(unzipper.Parse({ forceStream: true }))) {
      const { path } = part as unzipper.Entry;
      const rowLength = rowMeter();
      const isSheet = /^xl\/worksheets\/[^/]+$/.test(path);
      let size = 0;
      for await (const chunk of part as AsyncIterable<Buffer>) {
        size += chunk.length;
        total += chunk.length;
        const held = isSheet ? rowLength(chunk) > ROW_MAX : /\.(xml|rels)$/.test(path) && size > KEPT_MAX;
        if (total > UNPACKED_MAX || held) throw tooLarge();
      }
    }
  } catch (error) {
    throw error instanceof Problem ? error : badWorkbook('file');
  } finally {
    source.destroy();
  }
};
