import { RecordServiceService, type RecordState } from '@pelagic/proto/crm/capability/v1/record';
import { sql } from 'kysely';
import { connect } from './client.ts';
import type { Consumer } from './consumer.ts';
import type { Database, Tx } from './database.ts';
import type { EventEnvelope } from './outbox.ts';
import { step } from './steps.ts';

/** The owner's record as this service keeps it: proto3-JSON of the noun. */
export type State = { id: string; version: number; state: Record<string, unknown> };

type Options = {
  /** Name of the projection; its durable consumer and its place in projection_seen. */
  name: string;
  service: string;
  /** The owner of the noun, and where it answers. */
  from: string;
  address: string;
  noun: string;
  database: Database;
  token: () => Promise<string>;
  /** Writes the state as it is now; called in the order of versions, sometimes skipping some. */
  apply: (tx: Tx, state: State) => Promise<void>;
  /** Empties what `apply` wrote, before a rebuild. */
  clear: (tx: Tx) => Promise<void>;
};

const parse = ({ id, version, state }: RecordState): State => ({
  id,
  version,
  state: JSON.parse(state) as Record<string, unknown>,
});

/** True when this version is newer than what was applied: the row lock makes two appliers take turns. */
const advance = async (
  tx: Tx,
  projection: string,
  id: string,
  version: number,
): Promise<{ newer: boolean; gap: boolean }> => {
  const { rows } = await sql<{
    version: number;
  }>`select version from projection_seen where projection = ${projection} and record_id = ${id}::uuid for update`.execute(
    tx.sql,
  );
  const seen = rows[0]?.version ?? 0;
  if (version <= seen) return { newer: false, gap: false };
  return { newer: true, gap: version > seen + 1 };
};

const saw = async (tx: Tx, projection: string, id: string, version: number): Promise<void> => {
  await sql`
    insert into projection_seen (projection, record_id, version) values (${projection}, ${id}::uuid, ${version})
    on conflict (projection, record_id) do update set version = excluded.version where projection_seen.version < excluded.version`.execute(
    tx.sql,
  );
};

export type Projection = {
  consumer: Consumer;
  /**
   * Fetches one record from its owner now, for a reader that cannot wait for the event; in the reader's transaction if
   * there is one. False when there is none.
   */
  fetch: (id: string, tx?: Tx) => Promise<boolean>;
  /** Starts over from the owner's snapshot. */
  rebuild: () => Promise<number>;
};

/**
 * A local copy of another service's noun: bootstrapped from the owner's snapshot, kept current by its events. A gap in
 * a record's versions makes it fetch that record anew.
 */
export const projection = ({
  name,
  service,
  from,
  address,
  noun,
  database,
  token,
  apply,
  clear,
}: Options): Projection => {
  const owner = connect(RecordServiceService, address);
  const take = async (tx: Tx, state: State): Promise<void> => {
    if (!(await advance(tx, name, state.id, state.version)).newer) return;
    await apply(tx, state);
    await saw(tx, name, state.id, state.version);
  };
  const fetchState = async (id: string): Promise<State | undefined> => {
    const { record } = await owner.getState({ service: from, noun, id }, { token: await token(), timeoutMs: 3_000 });
    return record && parse(record);
  };
  const react = async (tx: Tx, event: EventEnvelope): Promise<void> => {
    const version = Number(event.sequence);
    const { newer, gap } = await advance(tx, name, event.subject, version);
    if (!newer) return;
    const carried: State = { id: event.subject, version, state: event.data[camel(noun)] as Record<string, unknown> };
    const state = gap && version > 1 ? ((await fetchState(event.subject)) ?? carried) : carried;
    await apply(tx, state);
    await saw(tx, name, state.id, state.version);
  };
  const load = async (): Promise<number> => {
    let count = 0;
    for await (const { records } of owner.exportSnapshot(
      { service: from, noun },
      { token: await token(), timeoutMs: 600_000 },
    )) {
      await database.transact(async (tx) => {
        for (const record of records) await take(tx, parse(record));
      });
      await step('projection.loaded');
      count += records.length;
    }
    await sql`insert into projection_state (projection, bootstrap_time) values (${name}, now()) on conflict (projection) do update set bootstrap_time = now()`.execute(
      database.sql,
    );
    return count;
  };
  const prepare = async () => {
    const { rows } = await sql`select 1 from projection_state where projection = ${name}`.execute(database.sql);
    if (!rows.length) await load();
  };
  return {
    consumer: { name: `${service}_${name}`, from, subjects: [`crm.${from}.${noun}.>`], react, prepare },
    fetch: async (id, tx) => {
      const state = await fetchState(id);
      if (state) await (tx ? take(tx, state) : database.transact((own) => take(own, state)));
      return state !== undefined;
    },
    rebuild: async () => {
      await database.transact(async (tx) => {
        await sql`delete from projection_seen where projection = ${name}`.execute(tx.sql);
        await clear(tx);
      });
      return load();
    },
  };
};

/** api_key → apiKey: nouns are snake case, JSON is not. */
export const camel = (name: string): string => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
