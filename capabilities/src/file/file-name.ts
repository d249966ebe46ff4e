import type { Reason } from '@pelagic/proto/reason';
import { invalidField } from '@pelagic/chassis/problem';

/** Bytes that file systems take for a name. */
const NAME_MAX_BYTES = 255;
const TABLES = /\.(csv|tsv|txt|xlsx)$/i;

const wrong = (reason: Reason, message: string) => invalidField('name', reason, message);

/**
 * The name of an uploaded file, trimmed. Refuses what could do harm when the file is saved again under it: paths,
 * control characters, marks that turn the direction of writing (evil‮vsc.exe).
 */
export const checkFileName = (given: string): string => {
  const name = given.normalize('NFC').trim();
  if (!name || /^\.+$/.test(name)) throw wrong('REQUIRED', 'The file needs a name.');
  if (Buffer.byteLength(name) > NAME_MAX_BYTES) throw wrong('TOO_LONG', 'The name of the file is too long.');
  if (/[/\\]/.test(name)) throw wrong('BAD_FILE_NAME', 'The name of the file must not hold a path.');
  if (/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u.test(name) || !name.isWellFormed())
    throw wrong('BAD_FILE_NAME', 'The name of the file holds characters that cannot be seen.');
  if (!TABLES.test(name)) throw wrong('UNSUPPORTED_FILE_TYPE', 'Only CSV files and XLSX workbooks can be taken in.');
  return name;
};
