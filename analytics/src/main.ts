import { integer, text } from '@pelagic/chassis/config';
import { openDatabase } from '@pelagic/chassis/database';
import { startProcess } from '@pelagic/chassis/process';
import { implement } from '@pelagic/chassis/rpc';
import { grpcServer } from '@pelagic/chassis/server';
import { runService } from '@pelagic/chassis/service';
import { AnalyticsServiceService } from '@pelagic/proto/crm/analytics/v1/analytics';
import { analyticsHandlers } from './analytics.handlers.ts';
import { openDirectory } from './directory/directory.ts';
import { directoryPart } from './directory/part.ts';
import { openEngine } from './engine/engine.ts';
import { keepFreshness } from './ingest/freshness.ts';
import { ingest } from './ingest/ingest.ts';
import { rebuild } from './ingest/rebuild.ts';
import { SERVICES } from './ingest/services.ts';

const SETTINGS = {
  CLICKHOUSE_URL: text('ClickHouse server with database, http://user:password@host:8123/pelagic; empty runs the engine in this process', ''),
  CLICKHOUSE_DIR: text('where the engine in this process keeps its data', ''),
  CLICKHOUSE_CLUSTER: text('cluster whose replicas share the tables; empty for a single node', ''),
  CLICKHOUSE_MEMORY_MB: integer('memory that the engine in this process may take', 400),
};

const { config, log, broker, identity } = startProcess('analytics', SETTINGS);

const database = await openDatabase({ url: config.DATABASE_URL, entities: [], migrations: [{ name: '9-analytics', url: new URL('../postgres/', import.meta.url) }], poolMax: 6 });
const engine = openEngine({
  url: config.CLICKHOUSE_URL,
  directory: config.CLICKHOUSE_DIR,
  cluster: config.CLICKHOUSE_CLUSTER,
  memoryMaxBytes: config.CLICKHOUSE_MEMORY_MB * 1_000_000,
});
const directory = openDirectory(engine);
const freshness = keepFreshness();
const counting = ingest({ engine, database, broker, directory, freshness, log, services: SERVICES });
const handlers = analyticsHandlers({ engine, directory, freshness });
const seam = { log, identify: identity.identify };

const parts = [
  database,
  broker,
  engine,
  directoryPart({ engine, directory, freshness }),
  counting,
  grpcServer({ host: config.GRPC_HOST, port: config.GRPC_PORT, implementations: () => [implement(seam, AnalyticsServiceService, handlers)] }),
];

await runService('analytics', parts, {
  log,
  adminPort: config.ADMIN_PORT,
  commands: { '/rebuild': () => counting.pausedFor(() => rebuild({ engine, directory, log })) },
});
