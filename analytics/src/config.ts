import { integer, secret, text, type Settings } from '@pelagic/chassis/config';
import { SERVICES } from './ingest/services.ts';

export const addressSetting = (service: string): string => `${service.toUpperCase()}_ADDRESS`;

/** Of every service that tells of something: its ledger is compared with what is known here. */
const ADDRESS_SETTINGS = Object.fromEntries(
  SERVICES.map((service) => [addressSetting(service), text(`${service}, host:port`)]),
);

/** What analytics needs from outside beyond what every service needs. */
export const SETTINGS = {
  ...ADDRESS_SETTINGS,
  CLICKHOUSE_URL: secret(
    'ClickHouse server with its database, http://user:password@host:8123/pelagic; empty runs the engine in this process',
    '',
  ),
  CLICKHOUSE_DIR: text('where the engine in this process keeps its data', ''),
  CLICKHOUSE_CLUSTER: text('cluster whose replicas share the tables; empty for a single node', ''),
  CLICKHOUSE_MEMORY_MB: integer('megabytes of memory that the engine in this process may take', 400),
  STATEMENTS_AT_ONCE: integer('statements of analysts that run side by side, each with a thread and up to 150 MB', 1),
} satisfies Settings;
