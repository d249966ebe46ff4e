import type { Reason } from '@pelagic/proto/reason';
import { invalidField } from '@pelagic/chassis/problem';

/** How the bytes of a table are to be read. GBK stands for GB18030, which contains it. */
export type SheetEncoding = 'utf-8' | 'utf-8-bom' | 'utf-16' | 'gbk' | 'xlsx';

const begins = (bytes: Uint8Array, ...magic: number[]): boolean => magic.every((byte, index) => bytes[index] === byte);

const refuse = (reason: Reason, message: string) => invalidField('file', reason, message);

/**
 * Tells what a file is while its bytes pass by. UTF-8 has no mark of its own in most files, but text of another
 * encoding breaks its rules within a few characters; so what is not valid to the last byte is taken for GBK.
 */
export const sniffer = (): { feed: (chunk: Uint8Array) => void; end: () => SheetEncoding } => {
  let head = new Uint8Array();
  let valid = true;
  let nul = false;
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decode = (chunk?: Uint8Array) => {
    try {
      if (valid) decoder.decode(chunk, { stream: chunk !== undefined });
    } catch {
      valid = false;
    }
  };
  return {
    feed: (chunk) => {
      if (head.length < 8) head = Buffer.concat([head, chunk.subarray(0, 8)]);
      if (begins(head, 0x50, 0x4b)) return;
      nul ||= chunk.includes(0);
      decode(chunk);
    },
    end: () => {
      decode();
      if (!head.length) throw refuse('EMPTY_FILE', 'The file is empty.');
      if (begins(head, 0x50, 0x4b, 0x03, 0x04)) return 'xlsx';
      if (begins(head, 0xd0, 0xcf, 0x11, 0xe0))
        throw refuse(
          'OLD_EXCEL',
          'This is a workbook of Excel 2003 or older, or one with a password. Save it as .xlsx without a password.',
        );
      if (begins(head, 0xff, 0xfe) || begins(head, 0xfe, 0xff)) return 'utf-16';
      if (nul) throw refuse('NOT_A_TABLE', 'This is neither a CSV file nor an XLSX workbook.');
      if (begins(head, 0xef, 0xbb, 0xbf)) return 'utf-8-bom';
      return valid ? 'utf-8' : 'gbk';
    },
  };
};
