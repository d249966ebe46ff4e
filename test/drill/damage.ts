import { execFile, spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openBroker } from '@pelagic/chassis/broker';
import { createLog } from '@pelagic/chassis/log';
import { findNatsServer } from '../../deploy/local/engines/nats-server.ts';
import { partsOf } from '../../deploy/local/paths.ts';
import { anyFreePort } from '../../deploy/local/ports.ts';
import type { Mesh } from '../../deploy/local/mesh.ts';
import { until } from '../mesh/person.ts';

const run = promisify(execFile);

export type Stored = { events: string; checksum: string; facts: string; changes: string; directory: string };

/** What ClickHouse holds once so many rows of its event log, or of each table of facts, were deleted. Only while analytics is away. */
export const deleteRows = async (
  mesh: Mesh,
  rows: number,
  from: 'event_log' | 'facts' = 'event_log',
): Promise<Stored> => {
  const script = new URL('./store.ts', import.meta.url).pathname;
  const { stdout } = await run(process.execPath, [script, partsOf(mesh.around.dataDir).clickhouse, String(rows), from]);
  return JSON.parse(stdout) as Stored;
};

/** Deletes every so many-th message of a stream, `count` in all, behind everybody's back: nobody has the right to. */
export const deleteMessages = async (mesh: Mesh, stream: string, count: number): Promise<void> => {
  const { nats } = partsOf(mesh.around.dataDir);
  const port = await anyFreePort();
  const config = join(nats, 'drill.conf');
  writeFileSync(
    config,
    `listen: "127.0.0.1:${port}"
jetstream { store_dir: ${JSON.stringify(join(nats, 'jetstream'))}, sync_interval: always }
accounts { SYS: {}, CRM: { jetstream: enabled, users: [{ user: drill, password: drill }] } }
system_account: SYS
server_name: pelagic
`,
  );
  const server = spawn((await findNatsServer()).path, ['--config', config], { stdio: 'ignore' });
  const gone = new Promise((resolve) => server.once('exit', resolve));
  const broker = openBroker({
    url: `nats://127.0.0.1:${port}`,
    user: 'drill',
    password: 'drill',
    log: createLog('drill', 'silent'),
  });
  try {
    await broker.start();
    await until('the server of the drill', 15_000, () =>
      broker
        .jsm()
        .then((jsm) => jsm.streams.info(stream))
        .then(
          () => true,
          () => false,
        ),
    );
    const jsm = await broker.jsm();
    const { state } = await jsm.streams.info(stream);
    const step = Math.max(1, Math.floor(state.messages / count));
    for (let at = 0; at < count; at += 1) await jsm.streams.deleteMessage(stream, state.first_seq + at * step);
  } finally {
    await broker.stop();
    server.kill('SIGTERM');
    await gone;
    rmSync(config);
  }
};
