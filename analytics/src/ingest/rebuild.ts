import type { Log } from '@pelagic/chassis/log';
import { CUBES } from '../cubes/catalogue.ts';
import type { LiveDirectory } from '../directory/directory.ts';
import type { Engine } from '../engine/engine.ts';
import { parseEvent } from './read.ts';
import { writeFacts, type Incoming } from './write.ts';
import { DIRECTORY_NOUNS } from '../directory/directory.ts';

/** Events held in memory at once, twice: the next are read while these are written. */
const SLICE_EVENTS = 5_000;

type Options = { engine: Engine; directory: LiveDirectory; log: Log; sliceEvents?: number };

export type Rebuilt = { events: number; refused: number; seconds: number };

type Logged = { record_id: string; version: number; event: string };
/** `whole`: the slice holds all events of its records. */
type Slice = { incoming: Incoming[]; whole: boolean };

type Reading = { engine: Engine; noun: string; size: number };

const readSlice = ({ engine, noun, size }: Reading, after: { id: string; version: number }): Promise<Logged[]> =>
  engine.query<Logged>(
    // In the order of the key, noun included: so it is read from where it stands, and not sorted as a whole each time.
    `select record_id, version, event from event_log final
     where noun = {noun:String} and record_id >= {id:String} and (record_id, version) > ({id:String}, {version:UInt32})
     order by noun, record_id, version limit ${size}`,
    { noun, ...after },
  );

/** Every event of a noun once, record by record; only a record with more events than a slice is cut in pieces. */
async function* loggedEvents(reading: Reading): AsyncIterable<Slice> {
  let begun = '';
  let next = readSlice(reading, { id: '', version: 0 });
  for (;;) {
    const rows = await next;
    if (!rows.length) return;
    const lastId = rows.at(-1)!.record_id;
    const ends = rows.length < reading.size ? rows.length : rows.findIndex(({ record_id: id }) => id === lastId);
    const taken = ends > 0 ? rows.slice(0, ends) : rows;
    const last = taken.at(-1)!;
    next = readSlice(reading, { id: last.record_id, version: Number(last.version) });
    // Asked for ahead: when it fails while these are written, that is told where it is awaited.
    next.catch(() => undefined);
    yield {
      incoming: taken.map(({ event }) => ({ event: parseEvent(event), body: event, streamSeq: 0 })),
      whole: ends > 0 && taken[0]!.record_id !== begun,
    };
    begun = ends > 0 ? '' : lastId;
  }
}

/**
 * Drops what is made of events and makes it anew from the event log, where every event is kept. Figures are wrong while
 * it runs; the ingest waits until it is done.
 */
export const rebuild = async ({ engine, directory, log, sliceEvents = SLICE_EVENTS }: Options): Promise<Rebuilt> => {
  const began = performance.now();
  const run = crypto.randomUUID();
  const onCluster = engine.cluster ? ` on cluster \`${engine.cluster}\`` : '';
  const tables = [...CUBES.keys()].flatMap((noun) => [`${noun}_change`, noun]);
  for (const table of ['directory', ...tables]) await engine.execute(`truncate table ${table}${onCluster}`);
  let events = 0;
  let refused = 0;
  // The directory first: dates need the enterprise's zone, custom fields their columns.
  for (const noun of [...DIRECTORY_NOUNS, ...CUBES.keys()]) {
    for await (const { incoming, whole } of loggedEvents({ engine, noun, size: sliceEvents })) {
      const from = events;
      const token = (table: string) => `rebuild:${run}:${from}:${table}`;
      refused += (await writeFacts(engine, directory, incoming, token, { whole })).length;
      events += incoming.length;
    }
    log.info({ noun, events }, 'rebuilt');
  }
  return { events, refused, seconds: Math.round((performance.now() - began) / 100) / 10 };
};
