import { contract } from '@pelagic/proto/contract';
import { camel } from '@pelagic/chassis/projection';
import { CUBES } from '../cubes/catalogue.ts';
import type { Cube } from '../cubes/cube.ts';
import { directoryRows, type LiveDirectory } from '../directory/directory.ts';
import type { Engine, Row } from '../engine/engine.ts';
import { changesOf, stateOf } from '../facts/change.ts';
import type { Column } from '../facts/column.ts';
import { byRecord, type Change } from '../facts/fold.ts';
import { columnsOf } from '../ingest/columns.ts';
import { parseEvent } from '../ingest/read.ts';
import { writeFacts, type Incoming } from '../ingest/write.ts';
import type { LogOptions } from './event-log.ts';
import { directorySuspects, suspectsOf } from './fact-sums.ts';

/** Records that are looked at, and made anew, while no batch is written. */
const RECORDS_MAX = 200;
const EXAMPLES = 20;

type Told = { missing: Incoming[]; foreign: string[] };

const keyOf = (...parts: unknown[]): string => parts.map(String).join('/');

const eventsOf = async (engine: Engine, service: string, noun: string, ids: string[]): Promise<Incoming[]> => {
  const rows = await engine.query<{ event: string }>(
    `select event from event_log final where service = {service:String} and noun = {noun:String} and record_id in {ids:Array(String)}
     order by record_id, version`,
    { service, noun, ids },
  );
  return rows.map(({ event }) => ({ event: parseEvent(event), body: event, streamSeq: 0 }));
};

/** The changes that events stand for; one that no row can be made of is parked and stands for none. */
const changesIn = (cube: Cube, columns: Record<string, Column>, incoming: Incoming[]): Change[] =>
  incoming.flatMap(({ event }) => {
    try {
      return changesOf(cube, columns, event) as Change[];
    } catch {
      return [];
    }
  });

/** Keys of the rows that these changes make, by table, each with the version that it is made of. */
const rowsOf = (changes: Change[]): Map<string, { id: string; version: number }> => {
  const rows = new Map<string, { id: string; version: number }>();
  const put = (table: string, key: unknown[], { id, version }: { id: unknown; version: unknown }) =>
    rows.set(keyOf(table, ...key), { id: String(id), version: Number(version) });
  for (const change of changes) put('change', [change.id, change.version, change.part], change);
  for (const record of byRecord(changes)) {
    const last = record.at(-1)!;
    put('fact', [last.id, last.version], last);
  }
  return rows;
};

/** Keys of the rows that stand; a fact without the movements that it ought to have does not. */
const standing = async (engine: Engine, { noun, moves }: Cube, ids: string[]): Promise<Set<string>> => {
  const ask = async (name: string, table: string, columns: string[], more = ''): Promise<string[]> =>
    (
      await engine.query<Row>(
        `select ${columns.join(', ')} from ${table} final where id in {ids:Array(String)}${more}`,
        { ids },
      )
    ).map((row) => keyOf(name, ...columns.map((column) => row[column])));
  return new Set([
    ...(await ask('change', `${noun}_change`, ['id', 'version', 'part'])),
    ...(await ask('fact', noun, ['id', 'version'], moves.length ? ' and notEmpty(moves.date)' : '')),
  ]);
};

/** What of these records is not as their events make it: the events of which something is missing, and rows of no event. */
const compared = async (
  { engine, directory }: LogOptions,
  service: string,
  cube: Cube,
  ids: string[],
): Promise<Told & { incoming: Incoming[] }> => {
  const incoming = await eventsOf(engine, service, cube.noun, ids);
  const expected = rowsOf(changesIn(cube, columnsOf(cube, directory.now()), incoming));
  const stand = await standing(engine, cube, ids);
  const lacking = new Set(
    [...expected].filter(([key]) => !stand.has(key)).map(([, { id, version }]) => keyOf(id, version)),
  );
  const missing = incoming.filter(({ event }) => lacking.has(keyOf(event.subject, event.sequence)));
  const records = new Set(missing.map(({ event }) => event.subject));
  return {
    missing,
    foreign: [...stand].filter((key) => key.startsWith('change/') && !expected.has(key)),
    incoming: incoming.filter(({ event }) => records.has(event.subject)),
  };
};

const lackingInDirectory = async (engine: Engine, incoming: Incoming[]): Promise<Incoming[]> => {
  const rows = incoming
    .filter(({ event }) => event.data[camel(event.noun)])
    .flatMap((each) =>
      directoryRows(each.event.noun, each.event.subject, Number(each.event.sequence), stateOf(each.event)).map(
        (row) => ({ row, each }),
      ),
    );
  const last = new Map(rows.map((one) => [keyOf(one.row.noun, one.row.id), one]));
  const stand = await engine.query<{ noun: string; id: string; version: number }>(
    'select noun, id, version from directory final where id in {ids:Array(String)}',
    { ids: [...last.values()].map(({ row }) => row.id) },
  );
  const versions = new Map(stand.map(({ noun, id, version }) => [keyOf(noun, id), Number(version)]));
  return [
    ...new Set(
      [...last].filter(([key, { row }]) => (versions.get(key) ?? 0) < row.version).map(([, { each }]) => each),
    ),
  ];
};

const write = async (
  { engine, directory }: { engine: Engine; directory: LiveDirectory },
  incoming: Incoming[],
): Promise<void> => {
  const run = crypto.randomUUID();
  await writeFacts(engine, directory, incoming, (table) => `heal:${run}:${table}`, { whole: true });
};

const NOUNS = Map.groupBy(contract.events.values(), ({ service }) => service);

/** The cubes that a service's events fill. */
const cubesOf = (service: string): Cube[] => {
  const told = new Set(NOUNS.get(service)?.map(({ noun }) => noun));
  return [...CUBES.values()].filter(({ noun }) => told.has(noun));
};

/**
 * Makes facts and the directory anew where they are not what the event log says: by sums first, record by record where these differ.
 * Answers how many events had something of theirs missing.
 */
export const mendFacts = async (options: LogOptions & { signal: AbortSignal }, service: string): Promise<number> => {
  const { engine, counting, findings, signal } = options;
  const about = { service, place: 'FACTS' } as const;
  let [healed, foreign] = [0, 0];
  const strangers: string[] = [];
  const mend = async (missing: Incoming[], incoming: Incoming[]): Promise<void> => {
    if (!missing.length) return;
    const examples = missing.map(({ event }) => event.id);
    const finding = await findings.found({ ...about, kind: 'MISSING', events: missing.length, examples });
    await write(options, incoming);
    await findings.mended(finding, about, missing.length);
    await findings.settled(finding);
    healed += missing.length;
  };
  const inDirectory = Map.groupBy(await directorySuspects(engine, service), ({ noun }) => noun);
  for (const [noun, records] of inDirectory)
    await counting.pausedFor(async () => {
      const incoming = await eventsOf(
        engine,
        service,
        noun,
        records.map(({ id }) => id),
      );
      const lacking = await lackingInDirectory(engine, incoming);
      await mend(lacking, lacking);
    });
  for (const cube of cubesOf(service))
    for await (const ids of suspectsOf(engine, service, cube))
      for (let at = 0; at < ids.length; at += RECORDS_MAX) {
        if (signal.aborted) return healed;
        await counting.pausedFor(async () => {
          const told = await compared(options, service, cube, ids.slice(at, at + RECORDS_MAX));
          foreign += told.foreign.length;
          if (strangers.length < EXAMPLES) strangers.push(...told.foreign.map((key) => `${cube.noun} ${key}`));
          await mend(told.missing, told.incoming);
        });
      }
  if (foreign) await findings.found({ ...about, kind: 'FOREIGN', events: foreign, examples: strangers });
  else await findings.over({ ...about, kind: 'FOREIGN' });
  await findings.over({ ...about, kind: 'MISSING' });
  return healed;
};
