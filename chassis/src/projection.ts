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
  /** Writes the states as they are now, each of another record; called in the order of versions, sometimes skipping some. */
  apply: (tx: Tx, states: State[]) => Promise<void>;
  /** Empties what `apply` wrote, before a rebuild. */
  clear: (tx: Tx) => Promise<void>;
};

const parse = ({ id, version, state }: RecordState): State => ({
  id,
  version,
  state: JSON.parse(state) as Record<string, unknown>,
});

/** The versions that were applied, their rows locked: two appliers take turns. */
const lockSeen = async (tx: Tx, projection: string, ids: string[]): Promise<Map<string, number>> => {
  const { rows } = await sql<{ record_id: string; version: number }>`
    select record_id, version from projection_seen
    where projection = ${projection} and record_id = any(${ids}::uuid[]) order by record_id for update`.execute(tx.sql);
  return new Map(rows.map(({ record_id, version }) => [record_id, version]));
};

const remember = async (tx: Tx, projection: string, states: State[]): Promise<void> => {
  await sql`
    insert into projection_seen (projection, record_id, version)
    select ${projection}, * from unnest(${states.map(({ id }) => id)}::uuid[], ${states.map(({ version }) => version)}::int[])
    on conflict (projection, record_id) do update set version = excluded.version where projection_seen.version < excluded.version`.execute(
    tx.sql,
  );
};

export type Projection = {
  name: string;
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
  const write = async (tx: Tx, states: State[]): Promise<void> => {
    if (!states.length) return;
    await apply(tx, states);
    await remember(tx, name, states);
  };
  const take = async (tx: Tx, states: State[]): Promise<void> => {
    const seen = await lockSeen(
      tx,
      name,
      states.map(({ id }) => id),
    );
    await write(
      tx,
      states.filter(({ id, version }) => version > (seen.get(id) ?? 0)),
    );
  };
  const fetchState = async (id: string): Promise<State | undefined> => {
    const { record } = await owner.getState({ service: from, noun, id }, { token: await token(), timeoutMs: 3_000 });
    return record && parse(record);
  };
  /** The state after the last of a record's events; undefined when all of it was applied before. */
  const stateAfter = async (events: EventEnvelope[], seen: number): Promise<State | undefined> => {
    // Within a batch too: what a stream lost is put back behind those that followed it.
    const news = events
      .filter(({ sequence }) => Number(sequence) > seen)
      .toSorted((a, b) => Number(a.sequence) - Number(b.sequence));
    const last = news.at(-1);
    if (!last) return undefined;
    const version = Number(last.sequence);
    const carried: State = { id: last.subject, version, state: last.data[camel(noun)] as Record<string, unknown> };
    const gap = version > seen + news.length;
    return gap ? ((await fetchState(last.subject)) ?? carried) : carried;
  };
  const reactAll = async (tx: Tx, events: EventEnvelope[]): Promise<void> => {
    const byRecord = Map.groupBy(events, ({ subject }) => subject);
    const seen = await lockSeen(tx, name, [...byRecord.keys()]);
    const states: State[] = [];
    for (const [id, theirs] of byRecord) {
      const state = await stateAfter(theirs, seen.get(id) ?? 0);
      if (state) states.push(state);
    }
    await write(tx, states);
  };
  const load = async (): Promise<number> => {
    let count = 0;
    for await (const { records } of owner.exportSnapshot(
      { service: from, noun },
      { token: await token(), timeoutMs: 600_000 },
    )) {
      await database.transact(async (tx) => {
        await take(tx, records.map(parse));
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
    name,
    consumer: {
      name: `${service}_${name}`,
      from,
      subjects: [`crm.${from}.${noun}.>`],
      reactAll,
      repeatable: true,
      prepare,
    },
    fetch: async (id, tx) => {
      const state = await fetchState(id);
      if (state) await (tx ? take(tx, [state]) : database.transact((own) => take(own, [state])));
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
