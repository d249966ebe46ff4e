import type { Reason } from '@pelagic/proto/reason';
import { invalidField } from '@pelagic/chassis/problem';
import { isAttachable } from './attachment-kinds.ts';

/** Bytes that file systems take for a name. */
const NAME_MAX_BYTES = 255;
/** Characters of the name of an attachment: a Chinese one has three bytes for each, and browsers shorten what they save. */
const ATTACHMENT_NAME_MAX = 200;
const TABLES = /\.(csv|tsv|txt|xlsx)$/i;
/** Names that Windows keeps for its devices, whatever comes behind the dot. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

const wrong = (reason: Reason, message: string) => invalidField('name', reason, message);

/**
 * The name of a file, trimmed. Refuses what could do harm when the file is saved again under it: paths, control
 * characters, marks that turn the direction of writing (evil‮vsc.exe), names of devices.
 */
const checkName = (given: string, fits: (name: string) => boolean): string => {
  const name = given.normalize('NFC').trim();
  if (!name || /^\.+$/.test(name)) throw wrong('REQUIRED', 'The file needs a name.');
  if (!fits(name)) throw wrong('TOO_LONG', 'The name of the file is too long.');
  if (/[/\\]/.test(name)) throw wrong('BAD_FILE_NAME', 'The name of the file must not hold a path.');
  if (/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u.test(name) || !name.isWellFormed())
    throw wrong('BAD_FILE_NAME', 'The name of the file holds characters that cannot be seen.');
  if (RESERVED.test(name)) throw wrong('BAD_FILE_NAME', 'Windows cannot save a file under this name.');
  return name;
};

/** The name of a table that an import is to read. */
export const checkTableName = (given: string): string => {
  const name = checkName(given, (text) => Buffer.byteLength(text) <= NAME_MAX_BYTES);
  if (!TABLES.test(name)) throw wrong('UNSUPPORTED_FILE_TYPE', 'Only CSV files and XLSX workbooks can be taken in.');
  return name;
};

/** The name of a file that is to hang on a record. */
export const checkAttachmentName = (given: string): string => {
  const name = checkName(given, (text) => [...text].length <= ATTACHMENT_NAME_MAX);
  if (!isAttachable(name))
    throw wrong(
      'NOT_ATTACHABLE',
      'Files of this kind cannot be attached: office documents, PDF, pictures, text, archives and mail can.',
    );
  return name;
};
