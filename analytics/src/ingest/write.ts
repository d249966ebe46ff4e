import { camel } from '@pelagic/chassis/projection';
import type { EventEnvelope } from '@pelagic/chassis/outbox';
import { step } from '@pelagic/chassis/steps';
import { CUBES } from '../cubes/catalogue.ts';
import { DIRECTORY_NOUNS, directoryRows, type LiveDirectory } from '../directory/directory.ts';
import type { Engine, Row } from '../engine/engine.ts';
import { changesOf, stateOf } from '../facts/change.ts';
import { instantOf } from '../facts/column.ts';
import { byRecord, foldFact, type Change } from '../facts/fold.ts';
import { addCustomColumns, columnsOf } from './columns.ts';

/** An event with the place it was read from; `streamSeq` is 0 in a rebuild. */
export type Incoming = { event: EventEnvelope; body: string; streamSeq: number };

export type Refused = { event: EventEnvelope; body: string; reason: string };

/** Records whose facts are made at once: bounds what is read into memory. */
const FOLD_MAX = 500;

const logRow = ({ event, body, streamSeq }: Incoming): Row => ({
  id: event.id,
  subject: event.type,
  service: event.source.split('/').at(-1) ?? '',
  noun: event.noun,
  record_id: event.subject,
  version: Number(event.sequence),
  time: instantOf(event.time),
  recorded_time: instantOf(event.recordedtime),
  business_date: event.businessdate,
  actor_id: event.actorid ?? '',
  actor_kind: event.actorkind ?? '',
  imported: event.imported === 'true' ? 1 : 0,
  stream_seq: streamSeq,
  event: body,
});

export const writeLog = (engine: Engine, incoming: Incoming[], token: (table: string) => string): Promise<void> =>
  engine.insert('event_log', incoming.map(logRow), token('event_log'));

/** The states that labels and trees are made of; a new custom field gets its columns before the rows that use it. */
const writeDirectory = async (
  engine: Engine,
  directory: LiveDirectory,
  events: EventEnvelope[],
  token: (table: string) => string,
): Promise<void> => {
  const known = events.filter(({ noun, data }) => DIRECTORY_NOUNS.has(noun) && data[camel(noun)]);
  const rows = known.flatMap((event) =>
    directoryRows(event.noun, event.subject, Number(event.sequence), stateOf(event)),
  );
  await engine.insert('directory', rows, token('directory'));
  for (const row of rows) directory.take(row);
  if (known.some(({ noun }) => noun === 'custom_field')) await addCustomColumns(engine, directory.now());
};

/** Of two rows with the same key the later one, as the table would keep it. */
const lastOfEach = (rows: Row[]): Change[] => [
  ...new Map(
    rows.map((row) => [`${String(row['id'])}/${String(row['version'])}/${String(row['part'])}`, row as Change]),
  ).values(),
];

/** Makes the facts of the records that changed anew, from all their changes: `touched` when they are whole. */
const fold = async (
  engine: Engine,
  noun: string,
  directory: LiveDirectory,
  touched: Row[],
  token: (table: string) => string,
  whole: boolean,
): Promise<void> => {
  const cube = CUBES.get(noun)!;
  const columns = columnsOf(cube, directory.now());
  const ids = [...new Set(touched.map(({ id }) => String(id)))];
  const stride = whole ? Math.max(1, ids.length) : FOLD_MAX;
  for (let at = 0; at < ids.length; at += stride) {
    const changes = whole
      ? lastOfEach(touched)
      : await engine.query<Change>(`select * from ${noun}_change final where id in {ids:Array(String)}`, {
          ids: ids.slice(at, at + FOLD_MAX),
        });
    const facts = byRecord(changes).map((record) => foldFact(cube, columns, record));
    await engine.insert(noun, facts, token(`${noun}:${at}`));
  }
};

/**
 * Directory, changes and facts of a batch. Repeatable: every row has a key that a repetition meets again.
 * Answers the events that no row could be made of. `whole` says that these are all events of their records, so that
 * what was written before need not be read.
 */
export const writeFacts = async (
  engine: Engine,
  directory: LiveDirectory,
  incoming: Incoming[],
  token: (table: string) => string,
  { whole = false }: { whole?: boolean } = {},
): Promise<Refused[]> => {
  await writeDirectory(
    engine,
    directory,
    incoming.map(({ event }) => event),
    token,
  );
  const refused: Refused[] = [];
  const changes = new Map<string, Row[]>();
  const columns = new Map([...CUBES].map(([noun, cube]) => [noun, columnsOf(cube, directory.now())]));
  for (const { event, body } of incoming) {
    const cube = CUBES.get(event.noun);
    if (!cube) continue;
    try {
      const rows = changes.get(event.noun) ?? [];
      rows.push(...changesOf(cube, columns.get(event.noun)!, event));
      changes.set(event.noun, rows);
    } catch (error) {
      refused.push({ event, body, reason: (error as Error).message });
    }
  }
  for (const [noun, rows] of changes) {
    await engine.insert(`${noun}_change`, rows, token(`${noun}_change`));
    await step('ingest.changed');
    await fold(engine, noun, directory, rows, token, whole);
  }
  return refused;
};
