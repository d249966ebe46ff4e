import type { Readable } from 'node:stream';
import { checkWorkbook } from '../sheet/workbook.ts';
import { invalidField } from '@pelagic/chassis/problem';
import { sniffer, type SheetEncoding } from '../sheet/sniff.ts';
import { attachmentInspector } from './attachment-kinds.ts';

export type FilePurpose = 'upload' | 'result' | 'attachment';

/** What a file turned out to be. `encoding` is how a table is to be read, and empty of anything else. */
export type Inspected = { mediaType: string; encoding: SheetEncoding | '' };

/** Looks at the bytes as they pass by, and at the end whether they are what the name says. Throws a Problem when not. */
export type Inspector = {
  feed: (chunk: Uint8Array) => void;
  end: (open: () => Promise<Readable>) => Promise<Inspected>;
};

const MEDIA_TYPES = {
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  csv: 'text/csv; charset=utf-8',
};

const tableInspector = (name: string, purpose: FilePurpose): Inspector => {
  const sniff = sniffer();
  return {
    feed: sniff.feed,
    end: async (open) => {
      const encoding = sniff.end();
      const isBook = /\.xlsx$/i.test(name);
      if (isBook !== (encoding === 'xlsx'))
        throw invalidField('file', 'WRONG_FILE_TYPE', 'What is in the file is not what its name says.');
      if (isBook && purpose === 'upload') await checkWorkbook(open);
      return { mediaType: MEDIA_TYPES[isBook ? 'xlsx' : 'csv'], encoding };
    },
  };
};

export const inspectorOf = (name: string, purpose: FilePurpose): Inspector =>
  purpose === 'attachment' ? attachmentInspector(name) : tableInspector(name, purpose);
