import { join } from 'node:path';
import { openDataFolder } from './data-folder.ts';
import { ensureCompiled } from './compiled.ts';
import { ensureDatabases } from './databases.ts';
import { natsPidFile, reapNats } from './engines/nats.ts';
import { findNatsServer } from './engines/nats-server.ts';
import { postgresPidFile, reapPostgres } from './engines/postgres.ts';
import { adminPort, compileCache, environmentOf, portsOf, publicUrl, type Surroundings } from './environment.ts';
import { takeLock, type Lock } from './lock.ts';
import { logFile, rotateLogs } from './logs.ts';
import { endOrphans } from './orphans.ts';
import { partsOf, ROOT } from './paths.ts';
import { assertPortsFree, LOOPBACK } from './ports.ts';
import { ENGINE_OFFSETS, PROCESSES, type ProcessDefinition } from './processes.ts';
import { loadSecrets } from './secrets.ts';
import { natsSpec, nodeSpec, postgresSpec, superuserUrl } from './specs.ts';
import { Supervised, type Pace, type ProcessEvent, type ProcessSpec } from './supervise.ts';
import { postWarden } from './warden.ts';
import { ensureWebBuilt, webBuildFolder } from './web-build.ts';

export type MeshEvent =
  | ProcessEvent
  | { kind: 'begins'; what: string }
  | { kind: 'done'; what: string; tookMs: number }
  | { kind: 'orphans'; names: string[] };

export interface MeshOptions {
  /** Absolute path of the data folder; made when missing. One run at a time has it. */
  dataDir: string;
  /** Public port; the run stays within this one and the 99 after it. */
  basePort: number;
  /** Names of the processes to run, all of them when missing. The engines always run. */
  only?: string[];
  /** What can run; `PROCESSES` when missing. */
  processes?: ProcessDefinition[];
  /** Names of those that wait for `startWaiting`. */
  waiting?: string[];
  /** Compiles the code of the processes before they start: see `ensureCompiled`. */
  compiles?: boolean;
  /** Further variables, by process. */
  env?: Record<string, Record<string, string>>;
  /** Settings of the PostgreSQL server that differ from those of a copy at rest. */
  postgres?: Record<string, string>;
  pace?: Pace;
  report?: (event: MeshEvent) => void;
  /** Gives the start up: what runs already is stopped. */
  signal?: AbortSignal;
}

/** Starts the engines and the processes, and resolves when all of them are ready. Leaves nothing behind when it fails. */
export async function startMesh(options: MeshOptions): Promise<Mesh> {
  openDataFolder(options.dataDir);
  const lock = takeLock(options.dataDir, publicUrl(options.basePort));
  let mesh: Mesh | undefined;
  const giveUp = () => void mesh?.stop();
  options.signal?.addEventListener('abort', giveUp);
  try {
    await endLeftovers(lock, options);
    mesh = new Mesh(options, lock);
    await mesh.start(options.signal);
    return mesh;
  } catch (error) {
    await mesh?.stop();
    lock.release();
    throw error;
  } finally {
    options.signal?.removeEventListener('abort', giveUp);
  }
}

/** Ends what a crashed run left running. */
async function endLeftovers(lock: Lock, { dataDir, report }: MeshOptions): Promise<void> {
  const { postgres, nats } = partsOf(dataDir);
  const names = await endOrphans(lock.crashed);
  if (await reapPostgres(postgres)) names.push('postgres');
  if (await reapNats(nats)) names.push('nats');
  if (lock.crashed) report?.({ kind: 'orphans', names });
}

/** Everything that one copy of Pelagic consists of. Names are those of the processes, `postgres` and `nats`. */
export class Mesh {
  readonly around: Surroundings;
  readonly definitions: ProcessDefinition[];
  readonly #lock: Lock;
  readonly #report: (event: MeshEvent) => void;
  readonly #extra: Map<string, Record<string, string>>;
  /** In the order of their start: engines, services, gateway and web. */
  readonly #tiers: Supervised[][];
  readonly #waiting: string[];
  readonly #toCompile: ProcessSpec[] = [];
  readonly #webBuild = webBuildFolder();
  #dismissWarden = () => {};

  constructor(options: MeshOptions, lock: Lock) {
    const { dataDir, basePort, processes = PROCESSES, only } = options;
    this.definitions = processes.filter(({ name }) => !only || only.includes(name));
    this.#lock = lock;
    this.#report = options.report ?? (() => {});
    this.#extra = new Map(Object.entries(options.env ?? {}));
    const secrets = loadSecrets(
      dataDir,
      processes.map(({ name }) => name),
    );
    this.around = { dataDir, basePort, secrets, processes };
    this.#waiting = options.waiting ?? [];
    const supervised = (spec: ProcessSpec) =>
      new Supervised(spec, this.#report, (name, pid) => lock.remember(name, pid), options.pace);
    const node = (each: ProcessDefinition) => {
      const spec = nodeSpec(each, this.around, this.#entry(each), () => this.environment(each.name));
      if (options.compiles && each.name !== 'web') this.#toCompile.push(spec);
      return supervised(spec);
    };
    const nodes = (speaks: ProcessDefinition['speaks']) =>
      this.definitions.filter((each) => each.speaks === speaks).map(node);
    this.#tiers = [
      [postgresSpec(this.around, options.postgres), natsSpec(this.around)].map(supervised),
      nodes('grpc'),
      [...nodes('bus'), ...nodes('http')],
    ];
  }

  #entry({ name, entry }: ProcessDefinition): string {
    return name === 'web' ? join(this.#webBuild, entry) : join(ROOT, entry);
  }

  /** Called once, by `startMesh`. */
  async start(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const { dataDir, secrets } = this.around;
    const { postgres, nats, logs } = partsOf(dataDir);
    const [engines = [], ...rest] = this.#tiers;
    await assertPortsFree(portsOf({ ...this.around, processes: this.definitions }));
    rotateLogs(
      logs,
      this.#tiers.flat().map(({ name }) => name),
    );
    if (this.definitions.some(({ name }) => name === 'web')) {
      await this.#step('web build', (onBuild) =>
        ensureWebBuilt(this.#webBuild, logFile(logs, 'web-build'), onBuild, signal),
      );
    }
    if (this.#toCompile.length) {
      const cache = compileCache(dataDir);
      await this.#step('code', (onBegin) => ensureCompiled(cache, this.#toCompile, onBegin, signal));
    }
    await this.#step('nats-server', (onFetch) => findNatsServer(process.env, onFetch));
    signal?.throwIfAborted();
    this.#dismissWarden = postWarden([postgresPidFile(postgres), natsPidFile(nats)]).dismiss;
    await Promise.all(engines.map((engine) => engine.start()));
    const owners = this.definitions.filter(({ hasDatabase }) => hasDatabase).map(({ name }) => name);
    const passwords = owners.map((name) => [name, secrets.databases[name] ?? '']);
    await this.#step('databases', (onCreate) =>
      ensureDatabases(this.databaseUrl('postgres'), Object.fromEntries(passwords), onCreate),
    );
    signal?.throwIfAborted();
    await Promise.all(
      rest
        .flat()
        .filter(({ name }) => !this.#waiting.includes(name))
        .map((each) => each.start()),
    );
  }

  /** Starts what `waiting` named. */
  async startWaiting(): Promise<void> {
    await Promise.all(this.#waiting.splice(0).map((name) => this.#supervised(name).start()));
  }

  /** The address for browsers. */
  get publicUrl(): string {
    return publicUrl(this.around.basePort);
  }

  /** host:port of a process (gRPC or HTTP) or an engine. */
  address(name: string): string {
    const { basePort } = this.around;
    if (name === 'postgres' || name === 'nats') return `${LOOPBACK}:${basePort + ENGINE_OFFSETS[name]}`;
    return `${LOOPBACK}:${basePort + this.#definition(name).offset}`;
  }

  /** http://host:port of the admin port of a process, or of the monitor of `nats`. */
  adminUrl(name: string): string {
    const { basePort } = this.around;
    const port = name === 'nats' ? basePort + ENGINE_OFFSETS.natsMonitor : adminPort(this.#definition(name), basePort);
    return `http://${LOOPBACK}:${port}`;
  }

  /** Connection string of a database for the superuser: for tests and tools. */
  databaseUrl(database: string): string {
    return superuserUrl(this.around, database);
  }

  /** The whole environment that a process runs with. */
  environment(name: string): Record<string, string> {
    return { ...environmentOf(this.#definition(name), this.around), ...this.#extra.get(name) };
  }

  /** Undefined while it is down. */
  pid(name: string): number | undefined {
    return this.#supervised(name).pid;
  }

  /** Stops a process and starts it; `env` is added to its variables from then on. */
  async restart(name: string, env: Record<string, string> = {}): Promise<void> {
    this.#extra.set(name, { ...this.#extra.get(name), ...env });
    await this.#supervised(name).start();
  }

  /** Stops a process until `restart`. */
  async halt(name: string): Promise<void> {
    await this.#supervised(name).stop();
  }

  /** Sends a signal and does nothing else: what it kills is restarted with back-off. */
  kill(name: string, signal: NodeJS.Signals): void {
    this.#supervised(name).kill(signal);
  }

  /** Stops everything in reverse order and gives the data folder free. */
  async stop(): Promise<void> {
    for (const tier of this.#tiers.toReversed()) await Promise.all(tier.map((each) => each.stop()));
    this.#dismissWarden();
    this.#lock.release();
  }

  #supervised(name: string): Supervised {
    const found = this.#tiers.flat().find((each) => each.name === name);
    if (!found) throw new Error(`no process ${name} in this mesh`);
    return found;
  }

  #definition(name: string): ProcessDefinition {
    const found = this.definitions.find((each) => each.name === name);
    if (!found) throw new Error(`no process ${name} in this mesh`);
    return found;
  }

  /** Reports a step when it finds that it has something to do. */
  async #step(what: string, run: (onBegin: () => void) => Promise<unknown>): Promise<void> {
    let begunAt: number | undefined;
    await run(() => {
      begunAt = Date.now();
      this.#report({ kind: 'begins', what });
    });
    if (begunAt) this.#report({ kind: 'done', what, tookMs: Date.now() - begunAt });
  }
}
