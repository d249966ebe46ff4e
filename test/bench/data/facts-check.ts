import { CUBES } from '../../../analytics/src/cubes/catalogue.ts';
import type { Engine, Row } from '../../../analytics/src/engine/engine.ts';
import { changesOf } from '../../../analytics/src/facts/change.ts';
import { byRecord, foldFact, type Change } from '../../../analytics/src/facts/fold.ts';
import { parseEvent } from '../../../analytics/src/ingest/read.ts';

const SAMPLE = 200;

const number = (value: unknown): string =>
  /^-?\d+\.\d+$/.test(String(value)) ? String(Number(value)) : String(value ?? '');

/** As the table gives it back: decimals in its own form, what is empty left out. */
const plain = (row: Row): Record<string, string> =>
  Object.fromEntries(
    Object.entries(row).flatMap(([name, value]) => {
      const text = Array.isArray(value) ? value.map(number).join() : number(value);
      return text === '' || text === '0' ? [] : [[name, text]];
    }),
  );

const unlike = (made: Row, stored: Row | undefined): string[] => {
  const [a, b] = [plain(made), plain(stored ?? {})];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((name) => a[name] !== b[name]);
};

const compare = (noun: string, made: Row[], stored: Row[], key: (row: Row) => string): string[] => {
  const by = new Map(stored.map((row) => [key(row), row]));
  return made.flatMap((row) =>
    unlike(row, by.get(key(row))).map(
      (name) => `${noun} ${key(row)} ${name}: ${String(row[name])} and not ${String(by.get(key(row))?.[name])}`,
    ),
  );
};

/** Where the facts of a sample of records are not what the product makes of their events. */
export const differences = async (engine: Engine): Promise<string[]> => {
  const found: string[] = [];
  for (const { noun, ...cube } of CUBES.values()) {
    const logged = await engine.query<{ event: string }>(
      `select event from event_log where noun = {noun:String} and record_id in (
         select record_id from event_log where noun = {noun:String} and version = 1 order by cityHash64(record_id) limit ${SAMPLE})`,
      { noun },
    );
    const changes = logged.flatMap(
      ({ event }) => changesOf({ noun, ...cube }, cube.columns, parseEvent(event)) as Change[],
    );
    const records = byRecord(changes);
    const ids = records.map(([first]) => first!.id);
    const stored = (table: string) =>
      engine.query<Row>(`select * from ${table} where id in {ids:Array(String)}`, { ids });
    const id = (row: Row): string => String(row['id']);
    found.push(
      ...compare(
        noun,
        records.map((record) => foldFact({ noun, ...cube }, cube.columns, record)),
        await stored(noun),
        id,
      ),
    );
  }
  return found;
};
