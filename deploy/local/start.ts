import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { diskTrouble } from './data-folder.ts';
import { endLoading, loadDemo, WHILE_LOADING } from './demo.ts';
import { Failure } from './failure.ts';
import { firstLink } from './first-link.ts';
import { installationIn, recordInstallation, settleInstallation, type Installation } from './installation.ts';
import { runningIn } from './lock.ts';
import { memoryOf } from './memory.ts';
import { startMesh, type Mesh } from './mesh.ts';
import { dataDirFrom, partsOf } from './paths.ts';
import { basePortFrom } from './ports.ts';
import { probe } from './probe.ts';
import { wipe } from './reset.ts';
import {
  seconds,
  tell,
  tellDone,
  tellEvent,
  tellFailure,
  tellFirstLink,
  tellLogins,
  tellReady,
  tellWarning,
} from './story.ts';

const LOGIN_PAGE_TIMEOUT_MS = 15_000;
const PARENT_CHECK_MS = 1_000;
/** Two interrupts within this time are one: the terminal and npm each send the same Ctrl-C. */
const SAME_INTERRUPT_MS = 700;

interface Start {
  dataDir: string;
  basePort: number;
  wantsEmpty: boolean;
  /** Milliseconds since 1970: when the person pressed Enter. */
  startedAt: number;
}

/** `npm start`: brings everything up, tells the story on stdout, and stays until it is stopped. Resolves with the exit code. */
export async function main(args: string[], startedAt: number): Promise<number> {
  const stopper = new AbortController();
  let mesh: Mesh | undefined;
  try {
    const start = read(args, startedAt);
    const stopped = onStopSignal(stopper);
    mesh = await bringUp(start, stopper.signal);
    await stopped;
    return await stop(mesh);
  } catch (error) {
    if (stopper.signal.aborted) return await stop(mesh);
    const dataDir = dataDirFrom(process.env['PELAGIC_DATA']);
    tellFailure(diskTroubleIn(dataDir) ?? error);
    await mesh?.stop();
    return 1;
  }
}

function read(args: string[], startedAt: number): Start {
  try {
    const { values } = parseArgs({ args, options: { empty: { type: 'boolean', default: false } } });
    const { PELAGIC_DATA, PELAGIC_PORT } = process.env;
    // Without the bare `--` npm takes the option for its own, and hands it on in a variable only.
    const wantsEmpty = values.empty || process.env['npm_config_empty'] === 'true';
    return {
      dataDir: dataDirFrom(PELAGIC_DATA),
      basePort: basePortFrom(PELAGIC_PORT),
      wantsEmpty,
      startedAt,
    };
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure((error as Error).message, 'The only option is --empty: npm start -- --empty');
  }
}

async function bringUp({ dataDir, basePort, wantsEmpty, startedAt }: Start, signal: AbortSignal): Promise<Mesh> {
  tell(`\n  Pelagic starts: data in ${dataDir}, ports from ${basePort}\n`);
  const installation = settleInstallation(dataDir, wantsEmpty);
  if (installationIn(dataDir)?.kind === 'demo' && installation.state === 'loading' && !runningIn(dataDir)) {
    tellWarning('demo', 'it was loaded in part only; beginning anew');
    await wipe(dataDir);
  }
  const loads = installation.kind === 'demo' && installation.state === 'loading';
  const mesh = await startMesh({
    dataDir,
    basePort,
    compiles: true,
    report: tellEvent,
    signal,
    ...(loads && WHILE_LOADING),
  });
  try {
    const settled = await settle(mesh, installation, signal);
    await Promise.all([mesh.startWaiting(), loads && endLoading(mesh)]);
    await loginPage(mesh, signal);
    tellReady({
      url: mesh.publicUrl,
      tookMs: Date.now() - startedAt,
      memory: memoryOf([topProcess()]),
      logs: partsOf(dataDir).logs,
    });
    tellLogins(settled.logins);
    const link = settled.kind === 'empty' ? await firstLink(mesh) : undefined;
    if (link) tellFirstLink(link);
    tell();
    return mesh;
  } catch (error) {
    await mesh.stop();
    throw error;
  }
}

/** Loads the demo on the first run, and writes down what the folder holds. */
async function settle(mesh: Mesh, installation: Installation, signal: AbortSignal): Promise<Installation> {
  const { dataDir } = mesh.around;
  if (installation.state === 'ready') return installation;
  recordInstallation(dataDir, installation);
  const startedAt = Date.now();
  const logins =
    installation.kind === 'demo' ? await loadDemo(mesh, { onLine: (line) => tell(`    ${line}`), signal }) : [];
  const settled: Installation = { ...installation, state: 'ready', logins };
  recordInstallation(dataDir, settled);
  if (settled.kind === 'demo') tellDone('demo', `loaded in ${seconds(Date.now() - startedAt)}`);
  return settled;
}

/** Ready means that a person sees the page to sign in on. */
async function loginPage(mesh: Mesh, signal: AbortSignal): Promise<void> {
  const until = Date.now() + LOGIN_PAGE_TIMEOUT_MS;
  for (;;) {
    const status = await probe(`http://${mesh.address('gateway')}/login`);
    if (status === 200) return;
    signal.throwIfAborted();
    if (Date.now() > until) {
      throw new Failure(
        `The page to sign in on answers ${status ? `with ${status}` : 'nothing'}.`,
        `Look into ${partsOf(mesh.around.dataDir).logs}: gateway.log and web.log.`,
      );
    }
    await delay(100);
  }
}

/** Resolves at the first signal to stop, or when whoever started this process is gone. A third Ctrl-C ends it at once. */
function onStopSignal(stopper: AbortController): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const parent = process.ppid;
  let asked = 0;
  let lastAt = 0;
  const onSignal = () => {
    if (Date.now() - lastAt < SAME_INTERRUPT_MS) return;
    lastAt = Date.now();
    asked++;
    if (asked === 1) tell('\n  Stopping …');
    if (asked === 2) tell('  Still stopping; once more ends everything at once, and the next start cleans up.');
    if (asked > 2) process.exit(130);
    stopper.abort();
    resolve();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  process.stdout.on('error', () => {}); // the terminal was closed: there is nobody left to tell
  setInterval(() => process.ppid !== parent && onSignal(), PARENT_CHECK_MS).unref();
  return promise;
}

async function stop(mesh: Mesh | undefined): Promise<number> {
  await mesh?.stop();
  tell('  Stopped. The data is kept; `npm start` goes on with it.\n');
  return 0;
}

/** npm and the bootstrap belong to what a person started, so their memory counts. */
function topProcess(): number {
  return Number(process.env['PELAGIC_TOP_PROCESS'] ?? process.pid);
}

function diskTroubleIn(dataDir: string): Failure | undefined {
  try {
    return diskTrouble(dataDir);
  } catch {
    return undefined; // there is no such folder: then that is the trouble
  }
}
