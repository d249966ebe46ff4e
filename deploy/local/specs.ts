import { mkdirSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { freeBytes } from './data-folder.ts';
import { isNatsFrozen, isNatsHealthy, natsAdvice, reapNats, writeNatsConfig } from './engines/nats.ts';
import { findNatsServer } from './engines/nats-server.ts';
import type { NatsUser } from './engines/nats-permissions.ts';
import { isPostgresReady, postgresAdvice, postgresCommand, postgresUrl, preparePostgres } from './engines/postgres.ts';
import { adminPort, type Surroundings } from './environment.ts';
import { logFile } from './logs.ts';
import { partsOf, ROOT } from './paths.ts';
import { LOOPBACK } from './ports.ts';
import { ENGINE_OFFSETS, type ProcessDefinition } from './processes.ts';
import { probe } from './probe.ts';
import { partnerDoor } from './secrets.ts';
import type { ProcessSpec } from './supervise.ts';

/**
 * A small young generation trades a tenth of the speed under load for much memory at rest. With one arena instead of one
 * for each of its threads, a process holds a fifth less.
 */
export const AT_REST = { NODE_OPTIONS: '--max-semi-space-size=4', MALLOC_ARENA_MAX: '1' };
export const UNDER_LOAD = { NODE_OPTIONS: '--max-semi-space-size=32' };

/** Room that is worth starting it for. */
const NATS_ROOM_BYTES = 16e6;

/** Go lets its heap double between collections: by half is enough here, and above the limit it collects sooner and gives back. */
const NATS_AT_REST = { GOGC: '50', GOMEMLIMIT: '64MiB' };

/** Connection string of a database for PostgreSQL's superuser. */
export function superuserUrl({ basePort, secrets }: Surroundings, database: string): string {
  return postgresUrl({
    port: basePort + ENGINE_OFFSETS.postgres,
    user: 'postgres',
    password: secrets.postgres,
    database,
  });
}

/** That a process with a database may hold at once (ADR 0009): pool, pool aside, queue. */
const CONNECTIONS = 24;
/** For administrators, the demo and whoever looks. */
const CONNECTIONS_SPARE = 24;

export function postgresSpec(around: Surroundings, settings: Record<string, string> = {}): ProcessSpec {
  const { dataDir, basePort, secrets, processes } = around;
  const connections = processes.filter(({ hasDatabase }) => hasDatabase).length * CONNECTIONS + CONNECTIONS_SPARE;
  const { postgres: dir, logs } = partsOf(dataDir);
  return {
    name: 'postgres',
    async command() {
      await preparePostgres({ dir, password: secrets.postgres });
      return {
        ...(await postgresCommand({
          dir,
          port: basePort + ENGINE_OFFSETS.postgres,
          settings: { max_connections: String(connections), ...settings },
        })),
        env: engineEnvironment(),
      };
    },
    isReady: () => isPostgresReady(superuserUrl(around, 'postgres')),
    cwd: dataDir,
    log: logFile(logs, 'postgres'),
    stopSignal: 'SIGINT', // its fast shutdown: SIGTERM would wait for every client to leave
    advice: postgresAdvice(dir),
  };
}

/** Who connects to the bus, with passwords and rights. */
export function natsUsers({ secrets, processes }: Pick<Surroundings, 'secrets' | 'processes'>): NatsUser[] {
  return processes
    .filter(({ bus }) => bus !== 'none')
    .map(({ name, bus, durables }) => ({
      name,
      password: secrets.bus[name] ?? '',
      publishes: bus === 'publishes',
      ...(durables && { durables: durables.map((durable) => `${name}_${durable}`) }),
    }));
}

export function natsSpec({ dataDir, basePort, secrets, processes }: Surroundings): ProcessSpec {
  const { nats: dir, logs } = partsOf(dataDir);
  const port = basePort + ENGINE_OFFSETS.nats;
  const monitorPort = basePort + ENGINE_OFFSETS.natsMonitor;
  const users = natsUsers({ secrets, processes });
  return {
    name: 'nats',
    async command() {
      await reapNats(dir);
      const { path } = await findNatsServer();
      const config = writeNatsConfig({ dir, port, monitorPort, users, door: partnerDoor(secrets) });
      return { file: path, args: ['--config', config], env: { ...engineEnvironment(), ...NATS_AT_REST } };
    },
    isReady: () => isNatsHealthy(monitorPort),
    isStuck: async () => freeBytes(dir) > NATS_ROOM_BYTES && (await isNatsFrozen(monitorPort)),
    cwd: dataDir,
    log: logFile(logs, 'nats'),
    stopSignal: 'SIGTERM',
    advice: natsAdvice(dir),
  };
}

export function nodeSpec(
  definition: ProcessDefinition,
  around: Surroundings,
  entry: string,
  environment: () => Record<string, string>,
): ProcessSpec {
  const { name, heapMb, hasAdmin, offset } = definition;
  const { basePort, dataDir } = around;
  const leave = pathToFileURL(join(import.meta.dirname, 'leave-with-parent.mjs')).href;
  const telemetry = pathToFileURL(join(ROOT, 'chassis/src/telemetry.register.ts')).href;
  const flags = ['--disable-warning=ExperimentalWarning', `--max-old-space-size=${heapMb}`];
  const readiness = hasAdmin
    ? `http://${LOOPBACK}:${adminPort(definition, basePort)}/readyz`
    : `http://${LOOPBACK}:${basePort + offset}/`;
  return {
    name,
    async command() {
      const env: Record<string, string> = { ...AT_REST, ...environment() };
      if (env['FILES_DIR']) mkdirSync(env['FILES_DIR'], { recursive: true });
      const traced = env['OTEL_EXPORTER_OTLP_ENDPOINT'] ? ['--import', telemetry] : [];
      return { file: process.execPath, args: [...flags, '--import', leave, ...traced, entry], env };
    },
    async isReady() {
      const status = await probe(readiness);
      return hasAdmin ? status === 200 : status !== undefined;
    },
    cwd: ROOT,
    log: logFile(partsOf(dataDir).logs, name),
    stopSignal: 'SIGTERM',
    advice: `Its whole log is ${logFile(partsOf(dataDir).logs, name)}. If the code is your own, mend it and start again; otherwise please report it with that log.`,
  };
}

function engineEnvironment(): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', LANG: 'C.UTF-8' };
}
