import { now } from '@pelagic/chassis/clock';
import type { Database, Tx } from '@pelagic/chassis/database';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { invalidField, Problem } from '@pelagic/chassis/problem';
import { step } from '@pelagic/chassis/steps';
import { sql } from 'kysely';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { SheetSource } from '../sheet/sheet.ts';
import type { SheetEncoding } from '../sheet/sniff.ts';
import type { Bytes } from './bytes.ts';
import { inspectorOf, type FilePurpose } from './inspect.ts';

export type StoredFile = {
  id: string;
  name: string;
  media_type: string;
  size: string;
  sha256: string;
  purpose: FilePurpose;
  owner_id: string;
};

/** A table, of an import or a job. */
export type FileRow = StoredFile & { encoding: SheetEncoding; row_count: number | null };

type NewFile = { name: string; ownerId: string; purpose: FilePurpose; maxBytes?: number };

export type FileStore = {
  /** Keeps the bytes, then remembers the file: what breaks off leaves nothing behind that anybody could find. */
  keep: (file: NewFile, bytes: AsyncIterable<Uint8Array>) => Promise<StoredFile>;
  /** Undefined when there is none, or no more. */
  find: (id: string) => Promise<FileRow | undefined>;
  /** Takes a file that this person uploaded to hang it on a record: from now on it is kept. Once only. */
  claim: (tx: Tx, id: string, ownerId: string) => Promise<StoredFile | undefined>;
  /** What hung on a record no longer does: its bytes go with the next cleaning, after the transaction. */
  release: (tx: Tx, id: string) => Promise<void>;
  open: (id: string) => Promise<Readable>;
  source: (file: FileRow) => SheetSource;
  rememberRows: (id: string, count: number) => Promise<void>;
  /** Keeps bytes for good under a name of their own, whole or not at all. */
  archive: (name: string, bytes: Readable) => Promise<void>;
  /** Forgets what has expired, and bytes that no file remembers. */
  clean: () => Promise<void>;
};

/** Days that files are kept for; an attachment for so long until it hangs on a record. */
const KEPT_DAYS: Record<FilePurpose, number> = { upload: 7, result: 30, attachment: 1 };
/** Bytes without a file belong to a process that died, or to one that writes just now. */
const ORPHAN_MS = 24 * 3_600_000;
const DAY_MS = 86_400_000;
/** A transaction that began before a file expired may still be about to claim it: none lasts so long. */
const CLAIM_MINUTES = 10;

type Options = { service: string; database: Database; bytes: Bytes };

/** The file store of a service. */
export const openFiles = ({ service, database, bytes: home }: Options): FileStore => {
  const key = (id: string) => `${service}/${id}`;
  const open = (id: string) => home.open(key(id));

  const keep = async (
    { name, ownerId, purpose, maxBytes = Infinity }: NewFile,
    bytes: AsyncIterable<Uint8Array>,
  ): Promise<StoredFile> => {
    const id = uuidv7();
    const hash = createHash('sha256');
    const inspector = inspectorOf(name, purpose);
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
        inspector.feed(chunk);
        yield chunk;
      }
    };
    try {
      await home.put(key(id), Readable.from(measured(), { objectMode: false }));
      await step('file.written');
      const { mediaType, encoding } = await inspector.end(() => open(id));
      const row = {
        id,
        name,
        media_type: mediaType,
        size: String(size),
        sha256: hash.digest('hex'),
        purpose,
        owner_id: ownerId,
      };
      const expire = new Date(now().getTime() + KEPT_DAYS[purpose] * DAY_MS);
      await database.sql
        .insertInto('file')
        .values({ ...row, encoding, row_count: null, create_time: now(), expire_time: expire })
        .execute();
      return row;
    } catch (error) {
      await home.delete(key(id));
      // The driver wraps what the source threw.
      throw (error as Error).cause instanceof Problem ? (error as Error).cause : error;
    }
  };

  const find = async (id: string): Promise<FileRow | undefined> =>
    (
      await sql<FileRow>`
        select * from file where id = ${id}::uuid and purpose <> 'attachment' and expire_time > now()`.execute(
        database.sql,
      )
    ).rows[0];

  const clean = async () => {
    // The bytes go first: a row without bytes is found again, bytes without a row only by looking through the folder.
    const { rows } = await sql<{ id: string }>`
      select id from file where expire_time <= now() - ${`${CLAIM_MINUTES} minutes`}::interval limit 1000`.execute(
      database.sql,
    );
    for (const { id } of rows) await home.delete(key(id));
    await step('file.deleted');
    await sql`delete from file where id = any(${rows.map(({ id }) => id)}::uuid[])`.execute(database.sql);
    for await (const { name: id, since } of home.list(service)) {
      if (Date.now() - since.getTime() < ORPHAN_MS) continue;
      const { rows: known } = await sql`select 1 from file where id::text = ${id}`.execute(database.sql);
      if (!known.length) await home.delete(key(id));
    }
  };

  return {
    keep,
    find,
    claim: async (tx, id, ownerId) =>
      (
        await sql<StoredFile>`
          update file set expire_time = 'infinity' where id = ${id}::uuid and owner_id = ${ownerId}::uuid
            and purpose = 'attachment' and expire_time > now() and expire_time < 'infinity' returning *`.execute(tx.sql)
      ).rows[0],
    release: async (tx, id) => {
      await sql`update file set expire_time = now() where id = ${id}::uuid`.execute(tx.sql);
    },
    open,
    source: ({ id, encoding }) => ({ open: () => open(id), encoding }),
    rememberRows: async (id, count) => {
      await sql`update file set row_count = ${count} where id = ${id}::uuid`.execute(database.sql);
    },
    archive: async (name, bytes) => {
      // Beside the files that people know of, which `clean` goes through.
      const place = `archive-${service}/${name}`;
      await home.put(`${place}.part`, bytes);
      await home.move(`${place}.part`, place);
    },
    clean,
  };
};
