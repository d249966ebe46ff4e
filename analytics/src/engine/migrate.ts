import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { Engine } from './engine.ts';

export const MIGRATIONS = new URL('../../migrations/', import.meta.url);

/**
 * One text for a single node and for a cluster: `{engine}` takes the replicated form and `{on_cluster}` names the cluster.
 */
const filled = (text: string, cluster: string): string =>
  text
    .replaceAll('{engine}', cluster ? 'ReplicatedReplacingMergeTree' : 'ReplacingMergeTree')
    .replaceAll('{on_cluster}', cluster ? `on cluster \`${cluster.replaceAll('`', '')}\`` : '');

const statements = (text: string): string[] =>
  text
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement.replace(/^--.*$/gm, '').trim());

const checksum = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * Runs what has not run yet, in the order of the names. Throws when a migration that ran was edited or taken away: it
 * would not hold elsewhere. What sorts after all of ours is of a newer release, beside which this one goes on while it is
 * replaced. A migration cut short runs again, so each statement must bear that (if not exists).
 */
export const migrate = async (engine: Engine, folder: URL = MIGRATIONS): Promise<string[]> => {
  const { cluster } = engine;
  await engine.execute(
    filled(
      "create table if not exists migration {on_cluster} (name String, checksum String, run_time DateTime64(3, 'UTC') default now64(3)) engine = {engine}(run_time) order by name",
      cluster,
    ),
  );
  const ran = new Map(
    (await engine.query<{ name: string; checksum: string }>('select name, checksum from migration final')).map(
      (row) => [row.name, row.checksum],
    ),
  );
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).toSorted();
  const last = files.at(-1) ?? '';
  const gone = [...ran.keys()].filter((name) => !files.includes(name) && name < last);
  if (gone.length) throw new Error(`These migrations ran here and are not there any more: ${gone.join(', ')}.`);
  const done: string[] = [];
  for (const file of files) {
    const text = await readFile(new URL(file, folder), 'utf8');
    const known = ran.get(file);
    if (known && known !== checksum(text))
      throw new Error(`The migration ${file} was changed after it ran here. Write a new one instead.`);
    if (known) continue;
    for (const statement of statements(text)) await engine.execute(filled(statement, cluster));
    await engine.insert('migration', [{ name: file, checksum: checksum(text) }], `migration:${file}:${checksum(text)}`);
    done.push(file);
  }
  return done;
};
