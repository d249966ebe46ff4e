import { createRequire } from 'node:module';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient, type ClickHouseClient } from '@clickhouse/client';
import type { Session as ChdbSession } from 'chdb';
import type { ChdbConnectionOptions } from 'chdb/connection';

type Connection = NonNullable<NonNullable<Parameters<typeof createClient>[0]>['connection']>;

export type Embedded = { connect: () => ClickHouseClient; close: () => void };

const MEGABYTE = 1_000_000;

/**
 * What the engine takes from a server's configuration file. Its defaults are for machines that do nothing else: merging
 * the small parts of one batch with the next took more time than all that was written (base 5 instead of 15: twice the time).
 * Threads are made when they are needed: with 64 at most, tables that were loaded beside each other waited for each other
 * for ever on a store of ten million events.
 */
const configuration = (memoryMaxBytes: number): string => `<clickhouse>
  <logger><level>none</level></logger>
  <max_server_memory_usage>${memoryMaxBytes}</max_server_memory_usage>
  <mark_cache_size>${32 * MEGABYTE}</mark_cache_size>
  <index_mark_cache_size>${4 * MEGABYTE}</index_mark_cache_size>
  <primary_index_cache_size>${8 * MEGABYTE}</primary_index_cache_size>
  <uncompressed_cache_size>0</uncompressed_cache_size>
  <index_uncompressed_cache_size>0</index_uncompressed_cache_size>
  <query_condition_cache_size>${4 * MEGABYTE}</query_condition_cache_size>
  <mmap_cache_size>0</mmap_cache_size>
  <compiled_expression_cache_size>${8 * MEGABYTE}</compiled_expression_cache_size>
  <max_thread_pool_size>1000</max_thread_pool_size>
  <max_thread_pool_free_size>4</max_thread_pool_free_size>
  <merge_tree><merge_selector_base>15</merge_selector_base></merge_tree>
</clickhouse>
`;

/**
 * The real engine inside this process. The first session binds it to its directory and configuration; the connections
 * share it. Loaded only here: a process that talks to a server need not hold half a gigabyte of library.
 */
export const openEmbedded = (directory: string, memoryMaxBytes: number): Embedded => {
  const load = createRequire(import.meta.url);
  const { Session } = load('chdb') as {
    Session: new (path: string, options: { connectionArgs: string[] }) => ChdbSession;
  };
  const { createChdbConnection } = load('chdb/connection') as {
    createChdbConnection: (options: ChdbConnectionOptions) => Connection;
  };
  mkdirSync(directory, { recursive: true });
  const file = join(directory, 'engine.xml');
  writeFileSync(file, configuration(memoryMaxBytes));
  const session = new Session(directory, { connectionArgs: [`--config-file=${file}`] });
  return {
    connect: () => createClient({ connection: createChdbConnection({ path: directory }) }),
    close: () => session.close(),
  };
};
