import type { Database } from '@pelagic/chassis/database';
import { sql } from 'kysely';

/** An event of the outbox; `stream_seq` is null while it waits. `recorded_time` to the microsecond, as a key of the row. */
export type LedgerRow = {
  seq: string;
  id: string;
  subject: string;
  recorded_time: string;
  stream_seq: string | null;
};
type SumRow = { at: string; events: string; checksum: string; waiting: string };
export type Span = { from: string; to: string };

/** The same in ClickHouse: see `checksum` in analytics. */
const HASH = sql`('x' || left(md5(id::text), 16))::bit(64)::bigint`;

const COLUMNS = sql`seq, id, subject, recorded_time::text as recorded_time, stream_seq`;

/** What PostgreSQL reads as a time ends somewhat later than what JavaScript writes with four digits. */
const YEAR_9999 = Date.UTC(9999, 0);

/**
 * Ids of version 7 begin with the time of their making, which is that of their recording: it says which days to look
 * in. An id of another kind is looked for in all of them.
 */
const madeIn = (ids: string[]): Span | undefined => {
  const times = ids.map((id) => (id[14] === '7' ? Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) : Number.NaN));
  const margin = 3_600_000;
  const [from, to] = [Math.min(...times) - margin, Math.max(...times) + margin];
  return Number.isNaN(from) || to > YEAR_9999
    ? undefined
    : { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
};

const within = (span: Span | undefined) =>
  span ? sql`recorded_time >= ${span.from}::timestamptz and recorded_time < ${span.to}::timestamptz` : sql`true`;

export const sumLedger = async (
  { sql: db }: Pick<Database, 'sql'>,
  span: Span,
  stepSeconds: number,
): Promise<{ oldest: string | null; sums: SumRow[] }> => {
  const { rows: oldest } = await sql<{ time: string | null }>`
    select min(recorded_time)::text as time from outbox`.execute(db);
  const { rows } = await sql<SumRow>`
    select (floor(extract(epoch from recorded_time) / ${stepSeconds}::int) * ${stepSeconds}::int)::bigint as at, count(*) as events,
      bit_xor(${HASH})::text as checksum, count(*) filter (where published_time is null) as waiting
    from outbox where ${within(span)} group by 1 order by 1`.execute(db);
  return { oldest: oldest[0]?.time ?? null, sums: rows };
};

/** The next of a span in the order of the ledger: by time of recording, which its partitions go by. */
export const nextOf = async (
  { sql: db }: Pick<Database, 'sql'>,
  { from, to }: Span,
  after: LedgerRow | undefined,
  limit: number,
): Promise<LedgerRow[]> => {
  const since = after
    ? sql`(recorded_time, seq) > (${after.recorded_time}::timestamptz, ${after.seq}::bigint)`
    : sql`recorded_time >= ${from}::timestamptz`;
  const { rows } = await sql<LedgerRow>`
    select ${COLUMNS} from outbox where ${since} and recorded_time < ${to}::timestamptz
    order by recorded_time, seq limit ${limit}`.execute(db);
  return rows;
};

export const rowsOf = async ({ sql: db }: Pick<Database, 'sql'>, ids: string[]): Promise<LedgerRow[]> => {
  if (!ids.length) return [];
  const { rows } = await sql<LedgerRow>`
    select ${COLUMNS} from outbox where id = any(${ids}::uuid[]) and ${within(madeIn(ids))} order by seq`.execute(db);
  return rows;
};

/** The events of rows, as they are published. */
export const eventsOf = async ({ sql: db }: Pick<Database, 'sql'>, rows: LedgerRow[]): Promise<Map<string, string>> => {
  const { rows: found } = await sql<{ id: string; event: string }>`
    select id, event::text as event from outbox
    join unnest(${rows.map(({ recorded_time: time }) => time)}::timestamptz[], ${rows.map(({ seq }) => seq)}::bigint[]) as asked(recorded_time, seq)
      using (recorded_time, seq)`.execute(db);
  return new Map(found.map(({ id, event }) => [id, event]));
};

/** Where the stream has them now. */
export const moveTo = async (
  { sql: db }: Pick<Database, 'sql'>,
  rows: LedgerRow[],
  sequences: number[],
): Promise<void> => {
  if (!rows.length) return;
  await sql`
    update outbox set stream_seq = moved.stream_seq
    from (select * from unnest(${rows.map(({ seq }) => seq)}::bigint[], ${rows.map(({ recorded_time: time }) => time)}::timestamptz[], ${sequences}::bigint[])
      as moved(seq, recorded_time, stream_seq)) moved
    where outbox.seq = moved.seq and outbox.recorded_time = moved.recorded_time`.execute(db);
};
