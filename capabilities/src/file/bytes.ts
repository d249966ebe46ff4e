import { uuidv7 } from '@pelagic/chassis/outbox';
import type { Disk } from 'flydrive';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseBucket, type Bucket } from './bucket.ts';

/** The one home of bytes: a folder, or a bucket that speaks S3. Keys are paths. */
export type Bytes = {
  /** Whole or not at all; takes any number of bytes without holding them in memory. */
  put: (key: string, bytes: Readable) => Promise<void>;
  open: (key: string) => Promise<Readable>;
  /** Deleting what is not there is no failure. */
  delete: (key: string) => Promise<void>;
  move: (from: string, to: string) => Promise<void>;
  /** What lies in a folder, and since when. */
  list: (folder: string) => AsyncGenerator<{ name: string; since: Date }>;
};

type Options = { FILES_DIR: string; FILES_URL?: string };

// A process that never meets a file goes without the 16 MB of the library, and without a bucket also without the 26 of
// the S3 SDK.

const openFolder = async (location: string): Promise<Disk> => {
  const [{ Disk }, { FSDriver }] = await Promise.all([import('flydrive'), import('flydrive/drivers/fs')]);
  return new Disk(new FSDriver({ location, visibility: 'private' }));
};

const openBucket = async ({ bucket, ...place }: Bucket): Promise<Disk> => {
  const [{ Disk }, { S3Driver }] = await Promise.all([import('flydrive'), import('flydrive/drivers/s3')]);
  return new Disk(
    new S3Driver({
      ...place,
      bucket,
      visibility: 'private',
      // Neither is known to every server that speaks S3, and a private bucket needs none of them.
      supportsACL: false,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    }),
  );
};

/** S3 has to know the length beforehand: the bytes wait on the local disk until all of them are here. */
const putSpooled = async (disk: Disk, key: string, bytes: Readable): Promise<void> => {
  const spool = join(tmpdir(), `pelagic-spool-${uuidv7()}`);
  try {
    await pipeline(bytes, createWriteStream(spool));
    await disk.putStream(key, createReadStream(spool), { contentLength: (await stat(spool)).size });
  } finally {
    await rm(spool, { force: true });
  }
};

async function* entries(disk: Disk, folder: string): AsyncGenerator<{ name: string; since: Date }> {
  let token: string | undefined;
  do {
    const page = await disk.listAll(folder, { ...(token && { paginationToken: token }) });
    for (const entry of page.objects)
      if (entry.isFile) yield { name: entry.name, since: (await entry.getMetaData()).lastModified };
    token = page.paginationToken;
  } while (token);
}

/** Throws at once when the URL of the bucket cannot be read. */
export const openBytes = ({ FILES_DIR: dir, FILES_URL: url = '' }: Options): Bytes => {
  const bucket = url ? parseBucket(url) : undefined;
  let opened: Promise<Disk> | undefined;
  const disk = () => (opened ??= bucket ? openBucket(bucket) : openFolder(dir));
  return {
    put: async (key, bytes) => (bucket ? putSpooled(await disk(), key, bytes) : (await disk()).putStream(key, bytes)),
    open: async (key) => (await disk()).getStream(key),
    delete: async (key) => (await disk()).delete(key),
    move: async (from, to) => (await disk()).move(from, to),
    list: async function* (folder) {
      // A folder that nothing was put into yet is not there; a bucket has no folders.
      if (bucket || existsSync(join(dir, folder))) yield* entries(await disk(), folder);
    },
  };
};
