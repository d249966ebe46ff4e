import type { Cube } from '../cubes/cube.ts';
import { DIRECTORY_NOUNS } from '../directory/directory.ts';
import type { Engine } from '../engine/engine.ts';

/** Records are compared in so many heaps before they are compared one by one. */
const HEAPS = 4_096;
/** Heaps whose records are compared at once: bounds what is held of a million records. */
const HEAPS_AT_ONCE = 128;

const HEAP = (id: string): string => `cityHash64(${id}) % ${HEAPS}`;
const sum = (value: string, where = ''): string => (where ? `sumIf(${value}, ${where})` : `sum(${value})`);
const signed = (...keys: string[]): string => `toInt64(cityHash64(${keys.join(', ')}))`;

/** What must be the same in the event log and in what was made of it, each a column: its names, for the log and for each table. */
const balanceOf = ({ noun, moves }: Cube, key: (id: string) => string, where: (id: string) => string): string => {
  const of = (table: string, columns: Record<string, string>, id = 'id', more = ''): string =>
    `select ${key(id)} as key, ${['changes', 'changed', 'records', 'known', 'versions']
      .map((name) => `${columns[name] ?? '0'} as ${name}`)
      .join(', ')} from ${table} final where ${where(id)}${more} group by key`;
  const log = {
    changes: 'toInt64(count())',
    changed: sum(signed('record_id', 'version')),
    records: 'toInt64(countIf(version = 1))',
    known: sum(signed('record_id'), 'version = 1'),
    // Versions have no gaps, so that the last of a record is their number.
    versions: 'toInt64(count())',
  };
  const change = {
    changes: '-toInt64(countIf(part = 1))',
    changed: `-${sum(signed('id', 'version'), 'part = 1')}`,
  };
  // A fact without the movements that it ought to have is as good as none.
  const whole = moves.length ? 'notEmpty(moves.date)' : 'true';
  const fact = {
    records: `-toInt64(countIf(${whole}))`,
    known: `-${sum(signed('id'), whole)}`,
    versions: `-toInt64(sumIf(version, ${whole}))`,
  };
  return [
    of('event_log', log, 'record_id', ' and service = {service:String} and noun = {noun:String}'),
    of(`${noun}_change`, change),
    of(noun, fact),
  ].join(' union all ');
};

const differing = (balance: string): string =>
  `select toString(key) as key from (${balance}) group by key
   having sum(changes) != 0 or sum(changed) != 0 or sum(records) != 0 or sum(known) != 0 or sum(versions) != 0`;

/**
 * Ids of records whose changes or facts are not those of their events, in portions. What is being written
 * meanwhile may be among them.
 */
export async function* suspectsOf(engine: Engine, service: string, cube: Cube): AsyncIterable<string[]> {
  const params = { service, noun: cube.noun };
  const heaps = await engine.query<{ key: string }>(differing(balanceOf(cube, HEAP, () => 'true')), params);
  for (let at = 0; at < heaps.length; at += HEAPS_AT_ONCE) {
    const some = heaps.slice(at, at + HEAPS_AT_ONCE).map(({ key }) => Number(key));
    const among = (id: string): string => `${HEAP(id)} in {heaps:Array(UInt64)}`;
    const records = await engine.query<{ key: string }>(differing(balanceOf(cube, (id) => id, among)), {
      ...params,
      heaps: some,
    });
    yield records.map(({ key }) => key);
  }
}

/** Records whose last state the directory does not have; pipelines always, of which it has every revision. */
export const directorySuspects = async (engine: Engine, service: string): Promise<{ noun: string; id: string }[]> =>
  engine.query<{ noun: string; id: string }>(
    `select noun, record_id as id from event_log final where service = {service:String} and noun in {nouns:Array(String)}
     group by noun, record_id having noun = 'pipeline'
       or (noun, record_id, max(version)) not in (select noun, id, version from directory final)`,
    { service, nouns: [...DIRECTORY_NOUNS] },
  );
