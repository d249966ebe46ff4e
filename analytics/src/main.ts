import { deliverTo, openAuditTrail } from '@pelagic/capabilities/audit/audit';
import { CAPABILITY_MIGRATIONS } from '@pelagic/capabilities/migrations';
import { parkedHandlers } from '@pelagic/capabilities/parked/parked.handlers';
import { openDatabase } from '@pelagic/chassis/database';
import { startProcess } from '@pelagic/chassis/process';
import { implement, type Seam } from '@pelagic/chassis/rpc';
import { grpcServer } from '@pelagic/chassis/server';
import { behindSecret, runService } from '@pelagic/chassis/service';
import { AnalyticsServiceService } from '@pelagic/proto/crm/analytics/v1/analytics';
import { ReconciliationServiceService } from '@pelagic/proto/crm/analytics/v1/reconciliation';
import { SqlServiceService } from '@pelagic/proto/crm/analytics/v1/sql';
import { ParkedServiceService } from '@pelagic/proto/crm/capability/v1/parked';
import { analyticsHandlers } from './analytics.handlers.ts';
import { addressSetting, SETTINGS } from './config.ts';
import { openDirectory } from './directory/directory.ts';
import { directoryPart } from './directory/part.ts';
import { openEngine } from './engine/engine.ts';
import { keepFreshness } from './ingest/freshness.ts';
import { ingest } from './ingest/ingest.ts';
import { rebuild } from './ingest/rebuild.ts';
import { redriving } from './ingest/redrive.ts';
import { SERVICES } from './ingest/services.ts';
import { openLedger } from './reconcile/ledgers.ts';
import { reconcile } from './reconcile/reconcile.ts';
import { reconciliationHandlers } from './reconcile/reconciliation.handlers.ts';
import { sqlHandlers } from './sql/sql.handlers.ts';
import { openTurns } from './sql/turns.ts';

const SERVICE = 'analytics';
const { config, log, broker, identity } = startProcess(SERVICE, SETTINGS);
const database = await openDatabase({
  url: config.DATABASE_URL,
  entities: [],
  migrations: [CAPABILITY_MIGRATIONS, { name: '9-analytics', url: new URL('../postgres/', import.meta.url) }],
  poolMax: 6,
});
const engine = openEngine({
  url: config.CLICKHOUSE_URL,
  directory: config.CLICKHOUSE_DIR,
  cluster: config.CLICKHOUSE_CLUSTER,
  analysts: config.STATEMENTS_AT_ONCE,
  memoryMaxBytes: config.CLICKHOUSE_MEMORY_MB * 1_000_000,
});
const directory = openDirectory(engine);
const freshness = keepFreshness();
const counting = ingest({ engine, database, broker, directory, freshness, log, services: SERVICES });
const ledgers = SERVICES.map((service) =>
  openLedger(service, (config as Record<string, unknown>)[addressSetting(service)] as string, identity.serviceToken),
);
const reconciling = reconcile({ engine, database, broker, directory, counting, ledgers, log });
const turns = openTurns(config.STATEMENTS_AT_ONCE);
const audit = openAuditTrail({
  service: SERVICE,
  database,
  log,
  deliver: deliverTo(config.IDENTITY_ADDRESS, identity.serviceToken),
});
const seam: Seam = { log, identify: identity.identify, audit: audit.seam };
const consumers = [redriving({ engine, directory, counting })];

await runService(
  SERVICE,
  [
    database,
    broker,
    engine,
    directoryPart({ engine, directory, freshness }),
    reconciling,
    counting,
    audit.part,
    grpcServer({
      host: config.GRPC_HOST,
      port: config.GRPC_PORT,
      implementations: () => [
        implement(seam, AnalyticsServiceService, analyticsHandlers({ engine, directory, freshness, database, audit })),
        implement(seam, SqlServiceService, sqlHandlers({ engine, directory, database, audit, turns })),
        implement(seam, ReconciliationServiceService, reconciliationHandlers(database)),
        implement(seam, ParkedServiceService, parkedHandlers({ service: SERVICE, database, consumers, audit })),
      ],
    }),
  ],
  {
    log,
    adminPort: config.ADMIN_PORT,
    drainMs: config.DRAIN_MS,
    commands: behindSecret(config.SERVICE_SECRET, {
      '/rebuild': () => counting.pausedFor(() => rebuild({ engine, directory, log })),
      '/reconcile': () => reconciling.run(),
      '/reread': async () => ({ events: await counting.reread() }),
    }),
  },
);
