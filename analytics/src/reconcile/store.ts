import type { Database } from '@pelagic/chassis/database';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { sql } from 'kysely';
import type { LiveDirectory } from '../directory/directory.ts';
import type { Engine } from '../engine/engine.ts';
import { migrate } from '../engine/migrate.ts';
import { addCustomColumns } from '../ingest/columns.ts';
import type { Ingest } from '../ingest/ingest.ts';

type Options = { engine: Engine; database: Database; directory: LiveDirectory; counting: Pick<Ingest, 'startOver'> };

/** Who the store is; a new one gets a name. Undefined when it has not even its tables. */
const idOf = async (engine: Engine): Promise<string | undefined> => {
  const ask = () => engine.query<{ id: string }>('select id from store final order by create_time, id limit 1');
  const [known] = await ask().catch((error: unknown) => {
    if (/unknown table|doesn't exist|does not exist/i.test((error as Error).message)) return [{ id: '' }];
    throw error;
  });
  if (known) return known.id || undefined;
  const id = uuidv7();
  await engine.insert('store', [{ id }], `store:${id}`);
  // Two that start at once agree on the older.
  return (await ask())[0]!.id;
};

const countOf = async (engine: Engine): Promise<number> =>
  Number((await engine.query<{ n: string }>('select count() as n from event_log'))[0]!.n);

/**
 * Finds out whether ClickHouse is the one that the manifest tells of. If it was lost and made anew, its tables are made and
 * all streams are read again; what they no longer hold, the comparison with the ledgers brings back. True when it was lost.
 */
export const knowStore = async ({ engine, database, directory, counting }: Options): Promise<boolean> => {
  let id = await idOf(engine);
  const { rows } = await sql<{ id: string }>`select id from reconcile_store`.execute(database.sql);
  const known = rows[0]?.id;
  if (known && known === id) return false;
  const prepare = async () => {
    await migrate(engine);
    await directory.load();
    await addCustomColumns(engine, directory.now());
  };
  if (!id) {
    await prepare();
    id = (await idOf(engine))!;
  }
  // One from before there were names holds what the manifest says, unless it holds nothing.
  const lost = known !== undefined || (await countOf(engine)) === 0;
  if (lost) await counting.startOver(prepare);
  await sql`
    insert into reconcile_store (id) values (${id}::uuid) on conflict (one) do update set id = excluded.id`.execute(
    database.sql,
  );
  return lost && known !== undefined;
};
