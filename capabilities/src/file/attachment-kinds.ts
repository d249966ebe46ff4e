import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { invalidField } from '@pelagic/chassis/problem';
import type { Inspector } from './inspect.ts';

/** A kind of file that may hang on a record. */
type Kind = {
  /** What it is sent out as, whatever its sender called it. */
  mediaType: string;
  /** What its bytes may be found to be; text has no mark of its own. */
  found: string[] | 'text';
};

const OFFICE = 'application/vnd.openxmlformats-officedocument';
const OPEN = 'application/vnd.oasis.opendocument';
/** Office documents of before 2007, of WPS, mail of Outlook, and newer documents with a password are all stored so. */
const COMPOUND = 'application/x-cfb';

const is = (mediaType: string, ...also: string[]): Kind => ({ mediaType, found: [mediaType, ...also] });
const compound = (mediaType: string): Kind => ({ mediaType, found: [COMPOUND] });
const TEXT: Kind = { mediaType: 'text/plain; charset=utf-8', found: 'text' };

/** By the end of the name. What a browser or a system would run (html, svg, scripts, programs, macros) is not among them. */
const KINDS: ReadonlyMap<string, Kind> = new Map(
  Object.entries({
    docx: is(`${OFFICE}.wordprocessingml.document`, COMPOUND),
    xlsx: is(`${OFFICE}.spreadsheetml.sheet`, COMPOUND),
    pptx: is(`${OFFICE}.presentationml.presentation`, COMPOUND),
    doc: compound('application/msword'),
    xls: compound('application/vnd.ms-excel'),
    ppt: compound('application/vnd.ms-powerpoint'),
    wps: compound('application/vnd.ms-works'),
    et: compound('application/octet-stream'),
    dps: compound('application/octet-stream'),
    odt: is(`${OPEN}.text`),
    ods: is(`${OPEN}.spreadsheet`),
    odp: is(`${OPEN}.presentation`),
    rtf: is('application/rtf'),
    pdf: is('application/pdf'),
    // Invoices and official documents in China.
    ofd: { mediaType: 'application/octet-stream', found: ['application/zip'] },
    jpg: is('image/jpeg'),
    jpeg: is('image/jpeg'),
    png: is('image/png', 'image/apng'),
    gif: is('image/gif'),
    webp: is('image/webp'),
    bmp: is('image/bmp'),
    tif: is('image/tiff'),
    tiff: is('image/tiff'),
    heic: is('image/heic', 'image/heif', 'image/heic-sequence'),
    zip: is('application/zip'),
    rar: is('application/x-rar-compressed'),
    '7z': is('application/x-7z-compressed'),
    gz: is('application/gzip'),
    tgz: is('application/gzip'),
    tar: is('application/x-tar'),
    eml: { mediaType: 'message/rfc822', found: 'text' },
    msg: compound('application/vnd.ms-outlook'),
    txt: TEXT,
    log: TEXT,
    md: TEXT,
    json: TEXT,
    xml: TEXT,
    csv: { mediaType: 'text/csv; charset=utf-8', found: 'text' },
    tsv: TEXT,
  } satisfies Record<string, Kind>),
);

const kindOf = (name: string): Kind | undefined => KINDS.get(/\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? '');

export const isAttachable = (name: string): boolean => kindOf(name) !== undefined;

const mismatch = () => invalidField('file', 'WRONG_FILE_TYPE', 'What is in the file is not what its name says.');

/** What bytes with a mark of their own are. The library is loaded with the first file that is looked at. */
const detect = async (bytes: Readable): Promise<string | undefined> => {
  const { fileTypeFromStream } = await import('file-type');
  try {
    return (await fileTypeFromStream(Readable.toWeb(bytes) as ReadableStream<Uint8Array>))?.mime;
  } finally {
    bytes.destroy();
  }
};

/** Text in UTF-16 begins with a mark of two bytes, and is full of zeros; any other has none. */
const isUtf16 = (head: Uint8Array): boolean =>
  (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);

/** Looks whether a file to be attached is what its name says. The name is of a kind that may be attached. */
export const attachmentInspector = (name: string): Inspector => {
  const { mediaType, found } = kindOf(name)!;
  let head = Buffer.alloc(0);
  let zeros = false;
  return {
    feed: (chunk) => {
      if (head.length < 2) head = Buffer.concat([head, chunk.subarray(0, 2)]);
      zeros ||= chunk.includes(0);
    },
    end: async (open) => {
      if (!head.length) throw invalidField('file', 'EMPTY_FILE', 'The file is empty.');
      const fits = found === 'text' ? !zeros || isUtf16(head) : found.includes((await detect(await open())) ?? '');
      if (!fits) throw mismatch();
      return { mediaType, encoding: '' };
    },
  };
};
