import { writeFileSync } from 'node:fs';
import { CUBES } from '../../analytics/src/cubes/catalogue.ts';
import { openEngine } from '../../analytics/src/engine/engine.ts';

/** What ClickHouse holds. 64-bit numbers and decimals are text. */
export type Read = {
  /** Of each event: the rows that were ever written, and those that count. */
  log: { id: string; stored: number; counted: number; hash: string }[];
  /** Last states by noun. */
  facts: Record<string, Record<string, any>[]>;
  /** Records and versions of the changes by noun; `counted` is how often each stands there. */
  changes: Record<string, { id: string; version: number; counted: number }[]>;
  /** What stands by the last of each record's movements: records and amounts, by noun and state. */
  standing: Record<string, { state: string; count: string; amount: string }[]>;
};

/** Parts are written before they are merged: until then a row that was written twice stands there twice. */
const LOG = `
  select toString(id) as id, count() as stored, any(hash) as hash from (select id, lower(hex(MD5(event))) as hash from event_log) group by id`;
const COUNTED = `select toString(id) as id, count() as counted from event_log final group by id`;

/** Writes all of it into a file, as JSON. Only while analytics is away: one process has the folder. */
export const readClickhouse = async (directory: string, to: string): Promise<void> => {
  const engine = openEngine({ url: '', directory, cluster: '', readers: 1, memoryMaxBytes: 800_000_000 });
  await engine.start();
  const counted = new Map(
    (await engine.query<{ id: string; counted: string }>(COUNTED)).map((row) => [row.id, Number(row.counted)]),
  );
  const log = (await engine.query<{ id: string; stored: string; hash: string }>(LOG)).map(({ id, stored, hash }) => ({
    id,
    hash,
    stored: Number(stored),
    counted: counted.get(id) ?? 0,
  }));
  const facts: Read['facts'] = {};
  const changes: Read['changes'] = {};
  const standing: Read['standing'] = {};
  for (const [noun, cube] of CUBES) {
    facts[noun] = await engine.query(`select * from ${noun} final`);
    changes[noun] = (
      await engine.query<{ id: string; version: number; counted: string }>(
        `select id, version, count() as counted from ${noun}_change final where part = 1 group by id, version`,
      )
    ).map((row) => ({ ...row, counted: Number(row.counted) }));
    if (!cube.moves.includes('state')) continue;
    const amount = cube.moves.includes('amount') ? 'sum(moves.amount[-1])' : '0';
    standing[noun] = await engine.query(
      `select moves.state[-1] as state, count() as count, ${amount} as amount from ${noun} final group by moves.state[-1]`,
    );
  }
  await engine.stop();
  writeFileSync(to, JSON.stringify({ log, facts, changes, standing }));
};
