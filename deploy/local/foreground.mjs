import { spawn } from 'node:child_process';
import { delimiter, join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** Root of the repository; the same as ROOT of paths.ts, for code that any Node runs. */
export const root = resolve(fileURLToPath(new URL('../..', import.meta.url)));
export const binaries = join(root, 'node_modules', '.bin');
export const localNode = join(binaries, 'node');
/** Exit code for a program that is not there, as shells have it. */
export const NOT_FOUND = 127;
const PARENT_CHECK_MS = 1_000;
let interrupted = false;

/** Whether a signal came: what ended because of it needs no explanation. */
export const wasInterrupted = () => interrupted;

/** The environment in which the programs of the packages are found first, and the local Node with them. */
export const withBinaries = () => ({ ...process.env, PATH: `${binaries}${delimiter}${process.env['PATH'] ?? ''}` });

/** npm when npm runs this, else this process. */
export function topProcess() {
  return String(process.env['npm_lifecycle_event'] ? process.ppid : process.pid);
}

/**
 * Runs a program in this terminal and resolves with its exit code. Signals are passed on, and the end of npm too; this
 * process stays until the program has stopped.
 * @param {string} file
 * @param {string[]} programArgs
 * @param {Record<string, string>} [more] Further variables.
 * @returns {Promise<number>}
 */
export function run(file, programArgs, more) {
  const env = { ...withBinaries(), PELAGIC_TOP_PROCESS: topProcess(), ...more };
  const child = spawn(file, programArgs, { cwd: root, stdio: 'inherit', env });
  const end = passSignalsTo(child);
  return new Promise((done) => {
    child.once('error', () => done(NOT_FOUND));
    child.once('exit', (code) => done(code ?? 1));
  }).finally(end);
}

/**
 * Stops the program when this process is told to stop, or when whoever started it is gone. Returns how to end that.
 * @param {import('node:child_process').ChildProcess} child
 */
export function passSignalsTo(child) {
  /** @param {NodeJS.Signals} signal */
  const stop = (signal) => {
    interrupted = true;
    child.kill(signal);
  };
  const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
  for (const signal of signals) process.on(signal, stop);
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    stop('SIGTERM');
  }, PARENT_CHECK_MS);
  return () => {
    clearInterval(watch);
    for (const signal of signals) process.off(signal, stop);
  };
}

/**
 * @param {string} what
 * @param {string} advice
 */
export function fail(what, advice) {
  process.stderr.write(`\n  ✗ ${what}\n\n  ${advice}\n\n`);
  return 1;
}
