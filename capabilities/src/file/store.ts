import { now } from '@pelagic/chassis/clock';
import type { Database } from '@pelagic/chassis/database';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { invalidField, Problem } from '@pelagic/chassis/problem';
import { step } from '@pelagic/chassis/steps';
import { Disk } from 'flydrive';
import { FSDriver } from 'flydrive/drivers/fs';
import { sql } from 'kysely';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { SheetSource } from '../sheet/sheet.ts';
import { sniffer, type SheetEncoding } from '../sheet/sniff.ts';
import { checkWorkbook } from '../sheet/workbook.ts';

export type FilePurpose = 'upload' | 'result';

export type FileRow = {
  id: string;
  name: string;
  media_type: string;
  encoding: SheetEncoding;
  size: string;
  sha256: string;
  purpose: FilePurpose;
  owner_id: string;
  row_count: number | null;
};

type NewFile = { name: string; ownerId: string; purpose: FilePurpose; maxBytes?: number };

export type FileStore = {
  /** Keeps the bytes, then remembers the file: what breaks off leaves nothing behind that anybody could find. */
  keep: (file: NewFile, bytes: AsyncIterable<Uint8Array>) => Promise<FileRow>;
  /** Undefined when there is none, or no more. */
  find: (id: string) => Promise<FileRow | undefined>;
  open: (id: string) => Promise<Readable>;
  source: (file: FileRow) => SheetSource;
  rememberRows: (id: string, count: number) => Promise<void>;
  /** Keeps bytes for good under a name of their own, whole or not at all. */
  archive: (name: string, bytes: Readable) => Promise<void>;
  /** Forgets what has expired, and bytes that no file remembers. */
  clean: () => Promise<void>;
};

/** Days that files are kept for. */
const KEPT_DAYS: Record<FilePurpose, number> = { upload: 7, result: 30 };
/** Bytes without a file belong to a process that died, or to one that writes just now. */
const ORPHAN_MS = 24 * 3_600_000;
const DAY_MS = 86_400_000;

const MEDIA_TYPES = {
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  csv: 'text/csv; charset=utf-8',
};

type Options = {
  service: string;
  database: Database;
  /** Folder that all processes of the service share. */
  dir: string;
};

/** The file store of a service. */
export const openFiles = ({ service, database, dir }: Options): FileStore => {
  const disk = new Disk(new FSDriver({ location: dir, visibility: 'private' }));
  const key = (id: string) => `${service}/${id}`;
  const open = (id: string) => disk.getStream(key(id));

  const keep = async (
    { name, ownerId, purpose, maxBytes = Infinity }: NewFile,
    bytes: AsyncIterable<Uint8Array>,
  ): Promise<FileRow> => {
    const id = uuidv7();
    const hash = createHash('sha256');
    const sniff = sniffer();
    let size = 0;
    const measured = async function* () {
      for await (const chunk of bytes) {
        size += chunk.length;
        if (size > maxBytes)
          throw invalidField(
            'file',
            'FILE_TOO_LARGE',
            `The file is larger than ${Math.floor(maxBytes / 1024 / 1024)} MB.`,
            { max: maxBytes },
          );
        hash.update(chunk);
        sniff.feed(chunk);
        yield chunk;
      }
    };
    try {
      await disk.putStream(key(id), Readable.from(measured(), { objectMode: false }));
      await step('file.written');
      const encoding = sniff.end();
      const isBook = /\.xlsx$/i.test(name);
      if (isBook !== (encoding === 'xlsx'))
        throw invalidField('file', 'WRONG_FILE_TYPE', 'What is in the file is not what its name says.');
      if (isBook && purpose === 'upload') await checkWorkbook(() => open(id));
      const row = {
        id,
        name,
        media_type: MEDIA_TYPES[isBook ? 'xlsx' : 'csv'],
        encoding,
        size: String(size),
        sha256: hash.digest('hex'),
        purpose,
        owner_id: ownerId,
        row_count: null,
      };
      const expire = new Date(now().getTime() + KEPT_DAYS[purpose] * DAY_MS);
      await database.sql
        .insertInto('file')
        .values({ ...row, create_time: now(), expire_time: expire })
        .execute();
      return row;
    } catch (error) {
      await disk.delete(key(id));
      // The driver wraps what the source threw.
      throw (error as Error).cause instanceof Problem ? (error as Error).cause : error;
    }
  };

  const find = async (id: string): Promise<FileRow | undefined> =>
    (await sql<FileRow>`select * from file where id = ${id}::uuid and expire_time > now()`.execute(database.sql))
      .rows[0];

  const clean = async () => {
    // The bytes go first: a row without bytes is found again, bytes without a row only by looking through the folder.
    const { rows } = await sql<{ id: string }>`select id from file where expire_time <= now() limit 1000`.execute(
      database.sql,
    );
    for (const { id } of rows) await disk.delete(key(id));
    await sql`delete from file where id = any(${rows.map(({ id }) => id)}::uuid[])`.execute(database.sql);
    let token: string | undefined;
    do {
      const page = await disk
        .listAll(service, { recursive: true, ...(token && { paginationToken: token }) })
        .catch(() => ({ objects: [], paginationToken: undefined }));
      for (const entry of page.objects) {
        if (!entry.isFile) continue;
        const { lastModified } = await entry.getMetaData();
        const id = entry.name;
        if (Date.now() - lastModified.getTime() < ORPHAN_MS) continue;
        const { rows: known } = await sql`select 1 from file where id::text = ${id}`.execute(database.sql);
        if (!known.length) await disk.delete(key(id));
      }
      token = page.paginationToken;
    } while (token);
  };

  return {
    keep,
    find,
    open,
    source: ({ id, encoding }) => ({ open: () => open(id), encoding }),
    rememberRows: async (id, count) => {
      await sql`update file set row_count = ${count} where id = ${id}::uuid`.execute(database.sql);
    },
    archive: async (name, bytes) => {
      // Beside the files that people know of, which `clean` goes through.
      const place = `archive-${service}/${name}`;
      await disk.putStream(`${place}.part`, bytes);
      await disk.move(`${place}.part`, place);
    },
    clean,
  };
};
