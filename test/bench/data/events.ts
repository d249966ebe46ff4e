import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { openEngine, type Engine } from '../../../analytics/src/engine/engine.ts';
import { partsOf } from '../../../deploy/local/paths.ts';
import type { House } from '../house.ts';
import { tellingOf } from './event-sql.ts';
import { STORIES } from './event-story.ts';
import { differences } from './facts-check.ts';

/** Records whose events one statement inserts. */
const SLICE = 50_000;
const MEMORY_MAX = 4_000_000_000;
const MERGED_S = 600;
const QUIET_S = 15;
const WHOLE = STORIES.reduce((sum, { records, versions }) => sum + records * versions, 0);

type People = { owners: string[]; departments: string[]; stages: string[]; pipeline: string };

const peopleOf = async ({ mesh, admin }: House): Promise<People> => {
  const client = new pg.Client({ connectionString: mesh.databaseUrl('customer') });
  await client.connect();
  const { rows } = await client.query<{ id: string; department_id: string }>(
    `select id, department_id from directory_employee where login like 'e%' order by login`,
  );
  await client.end();
  const { pipelines } = await admin.get('/v1/pipelines');
  const stages = pipelines[0].stages.map(({ id }: { id: string }) => id);
  return {
    owners: rows.map(({ id }) => id),
    departments: rows.map((row) => row.department_id),
    // Five steps, whatever the pipeline has.
    stages: Array.from({ length: 5 }, (_, index) => stages[index] ?? `stage-${index}`),
    pipeline: pipelines[0].id,
  };
};

const tell = async (engine: Engine, people: People, share: number): Promise<number> => {
  let events = 0;
  for (const story of STORIES) {
    const records = Math.round(story.records * share);
    for (let from = 0; from < records; from += SLICE) {
      const params = { ...people, from, count: Math.min(SLICE, records - from), noun: story.noun };
      for (const statement of tellingOf(story)) await engine.execute(statement, params);
    }
    events += records * story.versions;
  }
  return events;
};

/** The store of an analytics that is halted meanwhile: the engine inside is one process's alone. */
const withStore = async <T>(house: House, work: (engine: Engine) => Promise<T>): Promise<T> => {
  await house.mesh.halt('analytics');
  const engine = openEngine({
    url: '',
    directory: partsOf(house.folder).clickhouse,
    cluster: '',
    memoryMaxBytes: MEMORY_MAX,
  });
  try {
    await engine.start?.();
    return await work(engine);
  } finally {
    await engine.stop();
    await house.mesh.restart('analytics');
  }
};

/**
 * Events straight into ClickHouse, with the facts that the product makes of them: `count` in all, of deals, leads, customers and
 * follow-ups over two years. Compared record by record with what the product's own code makes of a sample.
 */
export const makeEvents = async (house: House, count: number): Promise<{ events: number }> => {
  const people = await peopleOf(house);
  return withStore(house, async (engine) => {
    const events = await tell(engine, people, count / WHOLE);
    const different = await differences(engine);
    if (different.length) throw new Error(`facts differ from their events: ${different.slice(0, 3).join('\n')}`);
    return { events };
  });
};

/** Until the engine has merged what was loaded: for minutes it has one of the two cores for itself. */
const merged = async (engine: Engine): Promise<void> => {
  let quiet = 0;
  for (let second = 0; second < MERGED_S && quiet < QUIET_S; second += 1) {
    await sleep(1_000);
    const [row] = await engine.query<{ merges: string }>('select count() as merges from system.merges');
    quiet = row?.merges === '0' ? quiet + 1 : 0;
  }
};

/** Facts as they lie after an hour without a change. */
export const bringToRest = (house: House): Promise<void> =>
  withStore(house, async (engine) => {
    for (const { noun } of STORIES) await engine.execute(`optimize table ${noun} final`);
    await merged(engine);
  });

/** Batches of a busy hour, each of so many records of every noun, old ones and new. */
const BATCHES = 3;
const CHANGED = 500;

/** Facts as they lie amid the work of a day: some were made anew and lie beside the others until they are merged. */
export const bringAmidWork = (house: House): Promise<void> =>
  withStore(house, async (engine) => {
    for (const { noun, records } of STORIES)
      for (let batch = 0; batch < BATCHES; batch += 1)
        await engine.execute(
          `insert into ${noun} select * from ${noun} final where cityHash64(id) % ${Math.round(records / CHANGED)} = ${batch}`,
        );
  });
