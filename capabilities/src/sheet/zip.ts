import type { Readable } from 'node:stream';

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
/** The directory of a workbook is a few kilobytes; it stands at the end of the file, before a comment of at most 64 KB. */
const TAIL = 256 * 1024;

const tailOf = async (source: Readable): Promise<Buffer> => {
  let tail = Buffer.alloc(0);
  for await (const chunk of source) {
    tail = Buffer.concat([tail, chunk as Buffer]);
    if (tail.length > TAIL * 2) tail = tail.subarray(tail.length - TAIL);
  }
  return tail;
};

/**
 * How many bytes a zip file says it unpacks to, from its central directory (APPNOTE 4.3.12); undefined when there is
 * none to be read. `size` is that of the file.
 */
export const unpackedSize = async (open: () => Promise<Readable>, size: number): Promise<number | undefined> => {
  const tail = await tailOf(await open());
  const end = tail.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end < 0 || end + 22 > tail.length || tail.readUInt32LE(end) !== END_OF_DIRECTORY) return undefined;
  let at = tail.readUInt32LE(end + 16) - (size - tail.length);
  let sum = 0;
  for (let left = tail.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (at < 0 || at + 46 > tail.length || tail.readUInt32LE(at) !== DIRECTORY_ENTRY) return undefined;
    sum += tail.readUInt32LE(at + 24);
    at += 46 + tail.readUInt16LE(at + 28) + tail.readUInt16LE(at + 30) + tail.readUInt16LE(at + 32);
  }
  return sum;
};
