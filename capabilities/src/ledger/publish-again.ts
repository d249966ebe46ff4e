import { ensureStream, streamOf, type Broker } from '@pelagic/chassis/broker';
import type { Database } from '@pelagic/chassis/database';
import { publish } from '@pelagic/chassis/relay';
import { step } from '@pelagic/chassis/steps';
import { eventsOf, moveTo, nextOf, rowsOf, type LedgerRow, type Span } from './ledger.queries.ts';

const BATCH_MAX = 200;
/** Ids that an answer names. */
const EXAMPLES_MAX = 20;

type PublishedAgain = {
  published: number;
  present: number;
  /** Lost, and refused because the server still knows their ids: its window of two minutes is not over. */
  refused: number;
  examples: string[];
  /** Where a span was broken off; undefined at its end. */
  reached?: string | undefined;
};

type Options = { service: string; database: Database; broker: Broker };
type Place = { row: LedgerRow; seq: number };

/** Neighbours in the stream, to be read in one go. */
const runsOf = (rows: LedgerRow[]): LedgerRow[][] => {
  const runs: LedgerRow[][] = [];
  for (const row of rows.toSorted((a, b) => Number(a.stream_seq) - Number(b.stream_seq))) {
    const last = runs.at(-1)?.at(-1);
    if (last && Number(row.stream_seq) - Number(last.stream_seq) <= 2) runs.at(-1)!.push(row);
    else runs.push([row]);
  }
  return runs;
};

/** Those of the rows that the stream holds where the outbox has them. */
const presentIn = async (broker: Broker, stream: string, rows: LedgerRow[]): Promise<Set<string>> => {
  const jsm = await broker.jsm();
  const { state } = await jsm.streams.info(stream);
  const there = rows.filter(({ stream_seq: seq }) => Number(seq) >= state.first_seq && Number(seq) <= state.last_seq);
  const found = new Map<number, string>();
  for (const run of runsOf(there)) {
    const [first, last] = [Number(run[0]!.stream_seq), Number(run.at(-1)!.stream_seq)];
    for await (const { seq, header } of await jsm.direct.getBatch(stream, { seq: first, batch: last - first + 1 })) {
      found.set(seq, header.get('Nats-Msg-Id'));
      if (seq >= last) break;
    }
  }
  return new Set(there.filter(({ id, stream_seq: seq }) => found.get(Number(seq)) === id).map(({ id }) => id));
};

const holds = async (broker: Broker, stream: string, { row, seq }: Place): Promise<boolean> => {
  const jsm = await broker.jsm();
  const message = await jsm.direct.getMessage(stream, { seq }).catch(() => null);
  return message?.header.get('Nats-Msg-Id') === row.id;
};

/** One batch of published rows, in the order of the ledger. */
const batchAgain = async (
  { service, database, broker }: Options,
  rows: LedgerRow[],
  told: PublishedAgain,
): Promise<void> => {
  const stream = streamOf(service);
  const present = await presentIn(broker, stream, rows);
  const lost = rows.filter(({ id }) => !present.has(id));
  told.present += present.size;
  if (!lost.length) return;
  const bodies = await eventsOf(database, lost);
  const stored = await publish(
    broker,
    lost.map(({ id, subject }) => ({ id, subject, body: bodies.get(id)! })),
    true,
  );
  await step('ledger.published');
  const moved: Place[] = [];
  for (const [at, row] of lost.entries()) {
    const { seq, duplicate } = stored[at]!;
    const place = { row, seq };
    // The server goes by its memory of ids, which outlives the message: what it says it has may be gone.
    const refused = duplicate && !(await holds(broker, stream, place));
    if (!refused) moved.push(place);
    if (refused) told.refused += 1;
    else if (duplicate) told.present += 1;
    else told.published += 1;
    if ((refused || !duplicate) && told.examples.length < EXAMPLES_MAX) told.examples.push(row.id);
  }
  await moveTo(
    database,
    moved.map(({ row }) => row),
    moved.map(({ seq }) => seq),
  );
};

/** In the order in which they were published first. */
const published = (rows: LedgerRow[]): LedgerRow[] =>
  rows.filter(({ stream_seq: seq }) => seq !== null).toSorted((a, b) => Number(a.seq) - Number(b.seq));

/**
 * Puts back into the stream what it has lost of these events: those named, or all of a span of time. Works until the
 * deadline (milliseconds since 1970) and says how far it came.
 */
export const publishAgain = async (
  options: Options,
  what: { ids: string[] } | Span,
  deadline: number,
): Promise<PublishedAgain> => {
  const { database, broker, service } = options;
  const told: PublishedAgain = { published: 0, present: 0, refused: 0, examples: [] };
  await ensureStream(broker, service);
  if ('ids' in what) {
    const rows = published(await rowsOf(database, what.ids));
    for (let at = 0; at < rows.length; at += BATCH_MAX) await batchAgain(options, rows.slice(at, at + BATCH_MAX), told);
    return told;
  }
  let last: LedgerRow | undefined;
  for (;;) {
    const rows = await nextOf(database, what, last, BATCH_MAX);
    await batchAgain(options, published(rows), told);
    last = rows.at(-1);
    if (rows.length < BATCH_MAX) return told;
    if (Date.now() > deadline) return { ...told, reached: last!.recorded_time };
  }
};
