import { sql } from 'kysely';
import type { Database } from '@pelagic/chassis/database';
import { fence } from '@pelagic/chassis/lease';

/** A batch: a range of a stream, both ends included. */
export type Batch = { stream: string; streamCreated: string; firstSeq: number; lastSeq: number; heal: number };

/** Batches that are done stay this long, to be looked at. */
const KEPT = "interval '7 days'";

export const manifestOf = (database: Database, lease: string) => ({
  /** Writes the edges down before anything is inserted. */
  open: (epoch: bigint, { stream, streamCreated, firstSeq, lastSeq, heal }: Batch): Promise<void> =>
    database.transact(async (tx) => {
      await fence(tx, lease, epoch);
      await sql`
        insert into ingest_batch (stream, stream_created, first_seq, last_seq, heal, state)
        values (${stream}, ${streamCreated}::timestamptz, ${firstSeq}, ${lastSeq}, ${heal}, 'writing')`.execute(tx.sql);
    }),

  close: (epoch: bigint, { stream, streamCreated, firstSeq, lastSeq, heal }: Batch): Promise<void> =>
    database.transact(async (tx) => {
      await fence(tx, lease, epoch);
      await sql`
        update ingest_batch set state = 'done', done_time = now()
        where stream = ${stream} and stream_created = ${streamCreated}::timestamptz and first_seq = ${firstSeq} and heal = ${heal}`.execute(
        tx.sql,
      );
      await sql`
        delete from ingest_batch
        where stream = ${stream} and state = 'done' and done_time < now() - ${sql.raw(KEPT)}
          and (stream_created <> ${streamCreated}::timestamptz or last_seq < ${lastSeq})`.execute(tx.sql);
    }),

  /** Batches that were begun and not finished, oldest first. */
  unfinished: async (stream: string, streamCreated: string): Promise<Batch[]> => {
    const { rows } = await sql<{ first_seq: string; last_seq: string; heal: number }>`
      select first_seq, last_seq, heal from ingest_batch
      where stream = ${stream} and stream_created = ${streamCreated}::timestamptz and state = 'writing' order by first_seq, heal`.execute(
      database.sql,
    );
    return rows.map((row) => ({
      stream,
      streamCreated,
      firstSeq: Number(row.first_seq),
      lastSeq: Number(row.last_seq),
      heal: row.heal,
    }));
  },

  /** The last sequence that a batch was made of; 0 before the first. */
  position: async (stream: string, streamCreated: string): Promise<number> => {
    const { rows } = await sql<{ last_seq: string | null }>`
      select max(last_seq) as last_seq from ingest_batch where stream = ${stream} and stream_created = ${streamCreated}::timestamptz`.execute(
      database.sql,
    );
    return Number(rows[0]?.last_seq ?? 0);
  },

  /** The last sequence of what is done, of the stream as it is now; 0 before the first. */
  done: async (stream: string, streamCreated: string): Promise<number> => {
    const { rows } = await sql<{ last_seq: string | null }>`
      select max(last_seq) as last_seq from ingest_batch
      where stream = ${stream} and stream_created = ${streamCreated}::timestamptz and state = 'done'
        and last_seq < coalesce((select min(first_seq) from ingest_batch
          where stream = ${stream} and stream_created = ${streamCreated}::timestamptz and state = 'writing' and heal = 0), ${Number.MAX_SAFE_INTEGER})`.execute(
      database.sql,
    );
    return Number(rows[0]?.last_seq ?? 0);
  },

  /** As if nothing had been read: for a store that holds nothing of it. */
  forget: async (): Promise<void> => {
    await sql`delete from ingest_batch`.execute(database.sql);
  },

  /** For a repair of the range: the next count, which makes its token another one. */
  nextHeal: async (stream: string, streamCreated: string): Promise<number> => {
    const { rows } = await sql<{ heal: number }>`
      select coalesce(max(heal), 0) + 1 as heal from ingest_batch where stream = ${stream} and stream_created = ${streamCreated}::timestamptz`.execute(
      database.sql,
    );
    return rows[0]?.heal ?? 1;
  },
});

/** What makes two inserts the same one. */
export const tokenOf = ({ stream, streamCreated, firstSeq, lastSeq, heal }: Batch, table: string): string =>
  `${stream}:${Date.parse(streamCreated)}:${firstSeq}-${lastSeq}:${heal}:${table}`;
