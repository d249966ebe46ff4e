// The ingest as a process of its own, for tests that kill it. It says when it is ready; SIGTERM stops it, and it prints what it has counted.
import { openBroker } from '@pelagic/chassis/broker';
import { openDatabase } from '@pelagic/chassis/database';
import { createLog } from '@pelagic/chassis/log';
import { openDirectory } from '../directory/directory.ts';
import { directoryPart } from '../directory/part.ts';
import { openEngine } from '../engine/engine.ts';
import { keepFreshness } from '../ingest/freshness.ts';
import { ingest } from '../ingest/ingest.ts';
import { SERVICES } from '../ingest/services.ts';

const setting = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is missing`);
  return value;
};

const log = createLog('counting', 'warn');
const database = await openDatabase({
  url: setting('DATABASE_URL'),
  entities: [],
  migrations: [{ name: '9-analytics', url: new URL('../../postgres/', import.meta.url) }],
});
const broker = openBroker({ url: setting('NATS_URL'), user: 'analytics', password: 'test', log });
const engine = openEngine({ url: '', directory: setting('CLICKHOUSE_DIR'), cluster: '' });
const directory = openDirectory(engine);
const freshness = keepFreshness();
const counting = ingest({
  engine,
  database,
  broker,
  directory,
  freshness,
  log,
  services: SERVICES,
});
const parts = [database, broker, engine, directoryPart({ engine, directory, freshness }), counting];
for (const part of parts) await part.start();

const report = async (): Promise<void> => {
  await counting.stop();
  const figures = await engine.query(`select
    (select count() from event_log) as logged, (select count() from event_log final) as events,
    (select count() from opportunity_change) as changed, (select count() from opportunity final) as deals,
    (select sum(amount) from opportunity final where state = 'OPPORTUNITY_STATE_OPEN') as open_amount,
    (select countIf(moves.state[-1] = 'OPPORTUNITY_STATE_OPEN') from opportunity final) as stock,
    (select sumIf(moves.amount[-1], moves.state[-1] = 'OPPORTUNITY_STATE_OPEN') from opportunity final) as stock_amount`);
  process.stdout.write(`${JSON.stringify(figures[0])}\n`);
  process.exit(0);
};
process.once('SIGTERM', () => void report());
process.stdout.write('ready\n');
