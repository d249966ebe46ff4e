import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findNatsServer } from '../deploy/local/engines/nats-server.ts';
import { startPostgres } from '../deploy/local/engines/postgres.ts';

/** One PostgreSQL for all test files, in a folder that goes away; each file makes databases of its own. */
const setup = async (): Promise<() => Promise<void>> => {
  process.env['TEST_NATS_SERVER'] ??= (await findNatsServer()).path;
  const dir = mkdtempSync(join(tmpdir(), 'pelagic-postgres-'));
  const postgres = await startPostgres({
    dir: join(dir, 'data'),
    port: 0,
    password: 'test',
    log: join(dir, 'postgres.log'),
    // Nothing here outlives the run.
    settings: { max_connections: '300', fsync: 'off', full_page_writes: 'off' },
  });
  process.env['TEST_DATABASE_URL'] = postgres.url('postgres');
  return async () => {
    await postgres.stop();
    rmSync(dir, { recursive: true, force: true });
  };
};

export default setup;
