import { createClient, type ClickHouseClient } from '@clickhouse/client';
import { Problem } from '@pelagic/chassis/problem';
import type { Part } from '@pelagic/chassis/service';
import { openEmbedded } from './embedded.ts';
import { quoted, settingsClause, type QuerySettings } from './settings.ts';

export type Row = Record<string, unknown>;
export type Params = Record<string, unknown>;

/** In a format of the engine. */
export type Answer = { bytes: Buffer; rows: number };

/** ClickHouse, a server or the engine inside this process: the same statements, the same answers. */
export type Engine = Part & {
  /** Decimals and 64-bit numbers come as strings. */
  query: <R extends Row>(sql: string, params?: Params, settings?: QuerySettings) => Promise<R[]>;
  /** A statement without an answer, on the connection that writes: in the order of the calls. */
  execute: (sql: string, params?: Params) => Promise<void>;
  /** One block. The same token within the table's deduplication window writes nothing. */
  insert: (table: string, rows: Row[], token: string) => Promise<void>;
  /**
   * The answer in a format of the engine, on connections of its own: a statement of an analyst never waits for a figure,
   * nor a figure for it.
   */
  bytes: (sql: string, params: Params, settings: QuerySettings, format: string) => Promise<Answer>;
  /** Ends the queries whose text holds this. */
  kill: (text: string) => Promise<void>;
  /** Name of the database, so that tables can be named whole. */
  database: () => Promise<string>;
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
  /** Statements of analysts that run side by side. */
  analysts?: number;
  memoryMaxBytes?: number;
};

/** Queries that wait for a connection; more are turned away. */
const WAITING_MAX = 100;

/** What a statement needed stays with the allocator of the embedded engine for good, unless it is told to give it back. */
const GIVE_BACK_MS = 10_000;
const GIVE_BACK = 'system jemalloc purge';

type Rinse = (client: ClickHouseClient) => Promise<ClickHouseClient>;

/**
 * A connection of the embedded engine on which a query failed keeps the rows that it had written by then, and puts them
 * before the answer of the next one, whoever asks it. So they are taken out first; one that does not come clean is replaced.
 */
const rinsing =
  (replace: (client: ClickHouseClient) => ClickHouseClient): Rinse =>
  async (client) => {
    for (let tries = 0; tries < 3; tries += 1) {
      const answer = await client.query({ query: "select 'clean'", format: 'TabSeparated' }).catch(() => undefined);
      if ((await answer?.text()) === 'clean\n') return client;
    }
    return replace(client);
  };

/** One query at a time per connection: the embedded engine's connections can do no more. */
const pool = (clients: ClickHouseClient[], rinse: Rinse) => {
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
    let client = await take();
    try {
      return await work(client);
    } catch (error) {
      client = await rinse(client);
      throw error;
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
  analysts = 1,
  memoryMaxBytes = 400_000_000,
}: EngineOptions): Engine => {
  const embedded = url ? undefined : openEmbedded(directory, memoryMaxBytes);
  const opened = new Set<ClickHouseClient>();
  const connect = (): ClickHouseClient => {
    const client = embedded ? embedded.connect() : createClient({ url });
    opened.add(client);
    return client;
  };
  const replace = (client: ClickHouseClient): ClickHouseClient => {
    opened.delete(client);
    void client.close().catch(() => undefined);
    return connect();
  };
  // A server answers each query by itself.
  const rinse: Rinse = embedded ? rinsing(replace) : (client) => Promise.resolve(client);
  const reading = pool(Array.from({ length: readers }, connect), rinse);
  const analysing = pool(Array.from({ length: analysts }, connect), rinse);
  const writing = pool([connect()], rinse);
  let givingBack: NodeJS.Timeout | undefined;
  let database: Promise<string> | undefined;
  const named = async (): Promise<string> => {
    const answer = await reading((client) =>
      client.query({ query: 'select currentDatabase() as name', format: 'JSONEachRow' }),
    );
    return (await answer.json<{ name: string }>())[0]!.name;
  };
  return {
    name: 'clickhouse',
    migrates: !embedded,
    cluster,
    embedded: embedded !== undefined,
    start: async () => {
      await writing((client) => client.command({ query: 'select 1' }));
      if (!embedded) return;
      // Not every system has this allocator.
      const giveBack = () => writing((client) => client.command({ query: GIVE_BACK })).catch(() => undefined);
      givingBack = setInterval(() => void giveBack(), GIVE_BACK_MS).unref();
    },
    stop: async () => {
      clearInterval(givingBack);
      await Promise.all([...opened].map((client) => client.close()));
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
    bytes: (sql, params, settings, format) =>
      analysing(async (client) => {
        const { stream, summary } = await client.exec({
          query: `${sql}\n${settingsClause(settings)}\nformat ${format}`,
          query_params: params,
          // A server says how many rows there are, or what went wrong, once it has all of them.
          ...(!embedded && { clickhouse_settings: { wait_end_of_query: 1 } }),
        });
        const chunks: Uint8Array[] = [];
        for await (const chunk of stream) chunks.push(chunk as Uint8Array);
        return { bytes: Buffer.concat(chunks), rows: Number(summary?.result_rows ?? 0) };
      }),
    kill: (text) =>
      reading(async (client) => {
        const matches = `position(query, ${quoted(text)}) > 0 and query not ilike 'kill %'`;
        await client.command({ query: `kill query where ${matches} async` });
      }),
    database: () => (database ??= named().catch((error: unknown) => ((database = undefined), Promise.reject(error)))),
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
