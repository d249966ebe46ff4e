import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { anyFreePort, LOOPBACK } from '../ports.ts';
import { probe } from '../probe.ts';
import { endProcess } from '../process-table.ts';
import { findNatsServer } from './nats-server.ts';
import { calloutOf, partnerAccounts, systemUsers, type PartnerDoor } from './nats-partners.ts';
import { permissionsOf, type NatsUser } from './nats-permissions.ts';
import { processIn } from './pid-file.ts';
import { runEngine } from './run-engine.ts';

const STOP_SIGNALS: NodeJS.Signals[] = ['SIGTERM', 'SIGKILL'];
const STOP_GRACE_MS = 10_000;

export interface NatsOptions {
  /** Folder of the server: configuration, pid file and streams. Made when missing. */
  dir: string;
  /** 0 takes any free port. */
  port: number;
  /** HTTP port of /healthz, /varz, /jsz; 0 takes any free port. */
  monitorPort: number;
  users: NatsUser[];
  /** Lets partners in; without it nobody but the users gets in. */
  door?: PartnerDoor;
  /** Further configuration, put after the generated one. */
  extra?: string;
}

export interface Nats {
  /** nats://127.0.0.1:port, without credentials: each user brings its own. */
  url: string;
  monitorUrl: string;
  stop(): Promise<void>;
}

/** Starts a nats-server with JetStream and waits until it is healthy. Ends one that a crashed run left in the same folder. */
export async function startNats(options: NatsOptions): Promise<Nats> {
  const port = options.port || (await anyFreePort());
  const monitorPort = options.monitorPort || (await anyFreePort());
  const server = await findNatsServer();
  await reapNats(options.dir);
  const config = writeNatsConfig({ ...options, port, monitorPort });
  const stop = await runEngine({
    name: 'nats-server',
    command: { file: server.path, args: ['--config', config], as: undefined },
    // Go collects sooner above this, instead of letting a burst of events double the memory.
    env: { GOMEMLIMIT: '64MiB' },
    log: join(options.dir, 'nats.log'),
    pidFile: natsPidFile(options.dir),
    isReady: () => isNatsHealthy(monitorPort),
    stopSignals: STOP_SIGNALS,
    advice: natsAdvice(options.dir),
  });
  return { url: `nats://${LOOPBACK}:${port}`, monitorUrl: `http://${LOOPBACK}:${monitorPort}`, stop };
}

/** Writes the server's configuration and returns its path. */
export function writeNatsConfig(options: NatsOptions): string {
  mkdirSync(options.dir, { recursive: true });
  const file = join(options.dir, 'nats.conf');
  writeFileSync(file, natsConfig(options), { mode: 0o600 });
  chmodSync(file, 0o600); // the mode above only counts for a new file
  return file;
}

/** The accounts of a configuration: services live in CRM with static users, apart from the system account and from partners. */
export function natsAccounts(all: NatsUser[], door?: PartnerDoor): string {
  const users = all.map((user) => {
    const { publish, never, subscribe } = permissionsOf(user, all);
    const permissions = `{ publish: { allow: ${quoted(publish)}, deny: ${quoted(never)} }, subscribe: { allow: ${quoted(subscribe)} } }`;
    return `      { user: ${quoted(user.name)}, password: ${quoted(user.password)}, permissions: ${permissions} }`;
  });
  return `accounts {
  SYS: {${door ? ` ${systemUsers(door)} ` : ''}}
  CRM: {
    jetstream: enabled
    users: [
${users.join('\n')}
    ]
  }
${door ? partnerAccounts(door) : ''}}
system_account: SYS
${
  door
    ? calloutOf(
        door,
        all.map(({ name }) => name),
      )
    : ''
}`;
}

export function natsConfig(options: NatsOptions): string {
  return `# Generated at every start by deploy/local/engines/nats.ts.
server_name: pelagic
listen: ${quoted(`${LOOPBACK}:${options.port}`)}
http: ${quoted(`${LOOPBACK}:${options.monitorPort}`)}
pid_file: ${quoted(natsPidFile(options.dir))}
# An event carries the whole state of its record, before and after: more than the default of 1 MB.
max_payload: 4MB
jetstream {
  store_dir: ${quoted(join(options.dir, 'jetstream'))}
  # A single node has no replica to recover from: an acknowledged event must be on the disk.
  sync_interval: always
}
${natsAccounts(options.users, options.door)}${options.extra ?? ''}`;
}

export function natsPidFile(dir: string): string {
  return join(dir, 'nats.pid');
}

/** Ends a server that a crashed run left behind in this folder; true when there was one. */
export async function reapNats(dir: string): Promise<boolean> {
  const orphan = processIn(natsPidFile(dir), dir);
  return orphan ? endProcess(orphan, STOP_SIGNALS, STOP_GRACE_MS) : false;
}

export async function isNatsHealthy(monitorPort: number): Promise<boolean> {
  return (await probe(`http://${LOOPBACK}:${monitorPort}/healthz`)) === 200;
}

/**
 * A stream that could not be written to, on a full disk, takes nothing more when there is room again: until the server is
 * started anew. It says so in its health.
 */
export async function isNatsFrozen(monitorPort: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://${LOOPBACK}:${monitorPort}/healthz`, { signal: AbortSignal.timeout(2_000) });
    return !answer.ok && (await answer.text()).includes('write error');
  } catch {
    return false;
  }
}

export function natsAdvice(dir: string): string {
  return `Its log is above. If the store in ${join(dir, 'jetstream')} is damaged, move that folder away and start again: the services refill the streams from their outboxes.`;
}

function quoted(value: string | string[]): string {
  return JSON.stringify(value);
}
