import { createClient, type ClickHouseClient } from '@clickhouse/client';
import { Problem } from '@pelagic/chassis/problem';
import type { Part } from '@pelagic/chassis/service';
import { openEmbedded } from './embedded.ts';
import { settingsClause, type QuerySettings } from './settings.ts';

export type Row = Record<string, unknown>;
export type Params = Record<string, unknown>;

/** ClickHouse, a server or the engine inside this process: the same statements, the same answers. */
export type Engine = Part & {
  /** Decimals and 64-bit numbers come as strings. */
  query: <R extends Row>(sql: string, params?: Params, settings?: QuerySettings) => Promise<R[]>;
  /** A statement without an answer, on the connection that writes: in the order of the calls. */
  execute: (sql: string, params?: Params) => Promise<void>;
  /** One block. The same token within the table's deduplication window writes nothing. */
  insert: (table: string, rows: Row[], token: string) => Promise<void>;
  /** Name of the cluster whose replicas share the tables; empty for a single node. */
  cluster: string;
  /** Inside this process: nobody else reads or writes it. */
  embedded: boolean;
};

export type EngineOptions = {
  /** http://user:password@host:8123/database; empty runs the engine in this process. */
  url: string;
  /** Where the embedded engine keeps its data; one process at a time. */
  directory: string;
  /** Name of the cluster whose replicas share the tables; empty for a single node. */
  cluster: string;
  /** Queries that run side by side. */
  readers?: number;
  memoryMaxBytes?: number;
};

/** Queries that wait for a connection; more are turned away. */
const WAITING_MAX = 100;

/** One query at a time per connection: the embedded engine's connections can do no more. */
const pool = (clients: ClickHouseClient[]) => {
  const free = [...clients];
  const waiting: ((client: ClickHouseClient) => void)[] = [];
  const take = (): Promise<ClickHouseClient> => {
    const client = free.pop();
    if (client) return Promise.resolve(client);
    if (waiting.length >= WAITING_MAX)
      throw new Problem(
        'RESOURCE_EXHAUSTED',
        'TOO_MANY_QUESTIONS',
        'Too many questions are being answered. Try again in a moment.',
      );
    return new Promise((resolve) => waiting.push(resolve));
  };
  const give = (client: ClickHouseClient): void => {
    const next = waiting.shift();
    if (next) next(client);
    else free.push(client);
  };
  return async <T>(work: (client: ClickHouseClient) => Promise<T>): Promise<T> => {
    const client = await take();
    try {
      return await work(client);
    } finally {
      give(client);
    }
  };
};

const FORMAT: QuerySettings = { output_format_json_quote_decimals: 1, output_format_json_quote_64bit_integers: 1 };

export const openEngine = ({
  url,
  directory,
  cluster,
  readers = 3,
  memoryMaxBytes = 400_000_000,
}: EngineOptions): Engine => {
  const embedded = url ? undefined : openEmbedded(directory, memoryMaxBytes);
  const connect = (): ClickHouseClient => (embedded ? embedded.connect() : createClient({ url }));
  const writer = connect();
  const clients = Array.from({ length: readers }, connect);
  const reading = pool(clients);
  const writing = pool([writer]);
  return {
    name: 'clickhouse',
    migrates: !embedded,
    cluster,
    embedded: embedded !== undefined,
    start: async () => {
      await writing((client) => client.command({ query: 'select 1' }));
    },
    stop: async () => {
      await Promise.all([writer, ...clients].map((client) => client.close()));
      embedded?.close();
    },
    healthy: () => reading(async (client) => (await client.ping({ select: true })).success),
    query: <R extends Row>(sql: string, params: Params = {}, settings: QuerySettings = {}) =>
      reading(async (client) => {
        const answer = await client.query({
          query: `${sql}\n${settingsClause({ ...FORMAT, ...settings })}`,
          query_params: params,
          format: 'JSONEachRow',
        });
        return answer.json<R>();
      }),
    execute: async (sql, params = {}) => {
      await writing((client) => client.command({ query: sql, query_params: params }));
    },
    insert: async (table, rows, token) => {
      if (!rows.length) return;
      // In the statement, for what is set on a connection of the embedded engine stays there.
      const settings = settingsClause({
        insert_deduplication_token: token,
        insert_deduplicate: 1,
        async_insert: 0,
        input_format_skip_unknown_fields: 0,
      });
      await writing((client) => client.insert({ table: `${table} ${settings}`, values: rows, format: 'JSONEachRow' }));
    },
  };
};
