import { pipeline, Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { STREAM_DAYS } from '@pelagic/chassis/broker';
import type { Database } from '@pelagic/chassis/database';
import type { Log } from '@pelagic/chassis/log';
import type { Part } from '@pelagic/chassis/service';
import { sql } from 'kysely';
import type { FileStore } from '../file/store.ts';

const EVERY_MS = 3_600_000;
const PAGE = 1_000;

type Options = { database: Database; files: FileStore; log: Log };

/** An event a line, in the order of the ledger. */
async function* linesOf({ sql: db }: Database, day: string): AsyncIterable<string> {
  let after = '0';
  for (;;) {
    const { rows } = await sql<{ seq: string; event: string }>`
      select seq, event::text as event from outbox
      where recorded_time >= ${`${day}T00:00:00Z`}::timestamptz and recorded_time < ${`${day}T00:00:00Z`}::timestamptz + interval '1 day'
        and seq > ${after}::bigint order by seq limit ${PAGE}`.execute(db);
    if (!rows.length) return;
    yield `${rows.map(({ event }) => event).join('\n')}\n`;
    after = rows.at(-1)!.seq;
  }
}

/** Exports the days that the ledger is about to drop and that were proven; answers them. */
export const exportProven = async ({ database, files }: Omit<Options, 'log'>): Promise<string[]> => {
  const { rows } = await sql<{ day: string }>`
    select to_char(day, 'YYYY-MM-DD') as day from outbox_proof
    where export_time is null and day < (now() at time zone 'UTC')::date - ${STREAM_DAYS}::int order by day`.execute(
    database.sql,
  );
  for (const { day } of rows) {
    // What breaks off on the way ends the stream that is stored with the same error.
    const packed = pipeline(Readable.from(linesOf(database, day)), createGzip(), () => {});
    await files.archive(`outbox_${day}.ndjson.gz`, packed);
    await sql`update outbox_proof set export_time = now() where day = ${day}::date`.execute(database.sql);
  }
  return rows.map(({ day }) => day);
};

/** Puts days of the outbox away before they are dropped. What fails is tried again an hour later; until then the day stays. */
export const exportDays = ({ log, ...options }: Options): Part => {
  let timer: NodeJS.Timeout | undefined;
  const run = () =>
    exportProven(options).then(
      (days) => days.length && log.info({ days }, 'days of the outbox exported'),
      (error: unknown) => log.warn({ err: error }, 'days of the outbox not exported'),
    );
  return {
    name: 'ledger export',
    start: async () => {
      timer = setInterval(() => void run(), EVERY_MS).unref();
      void run();
    },
    stop: async () => clearInterval(timer),
  };
};
