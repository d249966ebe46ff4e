import type { Log } from '@pelagic/chassis/log';
import { CUBES } from '../cubes/catalogue.ts';
import type { LiveDirectory } from '../directory/directory.ts';
import type { Engine } from '../engine/engine.ts';
import { parseEvent } from './read.ts';
import { writeFacts, type Incoming } from './write.ts';
import { DIRECTORY_NOUNS } from '../directory/directory.ts';

/** Events held in memory at once. */
const SLICE_EVENTS = 2_000;

type Options = { engine: Engine; directory: LiveDirectory; log: Log };

export type Rebuilt = { events: number; refused: number; seconds: number };

/** Every event of a noun once, record by record. */
async function* loggedEvents(engine: Engine, noun: string): AsyncIterable<Incoming[]> {
  let after = { id: '', version: 0 };
  for (;;) {
    const rows = await engine.query<{ record_id: string; version: number; event: string }>(
      `select record_id, version, event from event_log final
       where noun = {noun:String} and (record_id, version) > ({id:String}, {version:UInt32})
       order by record_id, version limit ${SLICE_EVENTS}`,
      { noun, ...after },
    );
    if (!rows.length) return;
    yield rows.map(({ event }) => ({ event: parseEvent(event), body: event, streamSeq: 0 }));
    const last = rows.at(-1)!;
    after = { id: last.record_id, version: Number(last.version) };
  }
}

/**
 * Drops what is made of events and makes it anew from the event log, where every event is kept. Figures are wrong while
 * it runs; the ingest waits until it is done.
 */
export const rebuild = async ({ engine, directory, log }: Options): Promise<Rebuilt> => {
  const began = performance.now();
  const run = crypto.randomUUID();
  const onCluster = engine.cluster ? ` on cluster \`${engine.cluster}\`` : '';
  const tables = [...CUBES.values()].flatMap(({ noun, moves }) => [
    `${noun}_change`,
    noun,
    ...(moves.length ? [`${noun}_movement`] : []),
  ]);
  for (const table of ['directory', ...tables]) await engine.execute(`truncate table ${table}${onCluster}`);
  let events = 0;
  let refused = 0;
  // The directory first: dates need the enterprise's zone, custom fields their columns.
  for (const noun of [...DIRECTORY_NOUNS, ...CUBES.keys()]) {
    for await (const incoming of loggedEvents(engine, noun)) {
      const from = events;
      refused += (await writeFacts(engine, directory, incoming, (table) => `rebuild:${run}:${from}:${table}`)).length;
      events += incoming.length;
    }
    log.info({ noun, events }, 'rebuilt');
  }
  return { events, refused, seconds: Math.round((performance.now() - began) / 100) / 10 };
};
