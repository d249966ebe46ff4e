// Runs under any Node from 20 on and without packages: installs them when needed, then hands over to the Node that came with
// them. `node deploy/local/bootstrap.mjs start|reset [options]`.
import { spawn } from 'node:child_process';
import { existsSync, statfsSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { reasonToInstall } from './dependencies.mjs';

const startedAt = Date.now();
const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, '..', '..');
const binaries = join(root, 'node_modules', '.bin');
const localNode = join(binaries, 'node');
/** What the packages take on the disk, in bytes. */
const PACKAGES_NEED = 3e9;
/** Exit code for a program that is not there, as shells have it. */
const NOT_FOUND = 127;
const PARENT_CHECK_MS = 1_000;
/** Set by a signal: what ended because of it needs no explanation. */
let interrupted = false;

const [command = 'start', ...args] = process.argv.slice(2);
process.exit(await main());

async function main() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 20) {
    return fail(
      `This is Node ${process.versions.node}; it takes 20 or newer to begin.`,
      'Get a current one from https://nodejs.org or your package manager.',
    );
  }
  const reason = reasonToInstall(root);
  const installed = reason === undefined || (await install(reason));
  if (!installed) return 1;
  // The very program already: a second process would only cost memory.
  if (reason === undefined && process.execPath === join(root, 'node_modules', 'node', 'bin', 'node')) {
    process.env['PELAGIC_TOP_PROCESS'] = topProcess();
    return (await import(`./${command}.ts`)).main(args, startedAt);
  }
  return run(localNode, [
    '--disable-warning=ExperimentalWarning',
    join(here, 'hand-over.ts'),
    command,
    String(startedAt),
    ...args,
  ]);
}

/**
 * `npm ci` of the committed lockfile. npm is run by the local Node when there is one: under an older Node it may do this
 * and nothing else, since it would choose older packages wherever it is free to choose.
 * @param {string} reason
 */
async function install(reason) {
  process.stdout.write(`\n  Installing the packages: ${reason}. They take about 2 GB; this may last some minutes.\n\n`);
  const { bavail, bsize } = statfsSync(root);
  if (!existsSync(localNode) && bavail * bsize < PACKAGES_NEED) {
    fail(
      `The disk has ${Math.round((bavail * bsize) / 1e9)} GB left; the packages need ${PACKAGES_NEED / 1e9} GB.`,
      'Make room and start again.',
    );
    return false;
  }
  const npmCli = process.env['npm_execpath'];
  const npmArgs = ['ci', '--no-audit', '--no-fund'];
  const node = existsSync(localNode) ? localNode : process.execPath;
  const code = npmCli ? await run(node, [npmCli, ...npmArgs]) : await run('npm', npmArgs);
  if (code === 0) return true;
  if (interrupted) return false;
  if (code === NOT_FOUND)
    fail('There is no npm.', 'It comes with Node from https://nodejs.org; Debian has it in the package npm.');
  else
    fail(
      'The packages could not be installed; npm says why above.',
      'Usual reasons: no network, a proxy that npm does not know, a full disk. Mend it and start again.',
    );
  return false;
}

/**
 * Runs a program in this terminal and resolves with its exit code. Signals are passed on, and the end of npm too; this
 * process stays until the program has stopped.
 * @param {string} file
 * @param {string[]} programArgs
 * @returns {Promise<number>}
 */
function run(file, programArgs) {
  const env = {
    ...process.env,
    PATH: `${binaries}${delimiter}${process.env['PATH'] ?? ''}`,
    PELAGIC_TOP_PROCESS: topProcess(),
  };
  const child = spawn(file, programArgs, { cwd: root, stdio: 'inherit', env });
  /** @param {NodeJS.Signals} signal */
  const stop = (signal) => {
    interrupted = true;
    child.kill(signal);
  };
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, stop);
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    stop('SIGTERM');
  }, PARENT_CHECK_MS);
  return new Promise((done) => {
    child.once('error', () => done(NOT_FOUND));
    child.once('exit', (code) => done(code ?? 1));
  });
}

/** npm when npm runs this, else this process. */
function topProcess() {
  return String(process.env['npm_lifecycle_event'] ? process.ppid : process.pid);
}

/**
 * @param {string} what
 * @param {string} advice
 */
function fail(what, advice) {
  process.stderr.write(`\n  ✗ ${what}\n\n  ${advice}\n\n`);
  return 1;
}
