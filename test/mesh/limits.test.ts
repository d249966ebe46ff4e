import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { memoryOf } from '../../deploy/local/memory.ts';
import { ROOT } from '../../deploy/local/paths.ts';
import { anyFreeBasePort } from '../../deploy/local/ports.ts';
import { processTree } from '../../deploy/local/process-table.ts';
import { busyness, until } from './person.ts';

/** `npm start` as a person does it, twice on one data folder: what it takes, and that nothing of it stays behind. */
const WARM_START_MS = 15_000;
/** Of a machine that does nothing else; what it does already, as it was before the test, is allowed for. */
const BUSY = busyness();
const MEMORY_MB = 1_600;
/** The first start makes databases, and the web interface where it was never built. */
const FIRST_START_MS = 150_000;
const STOP_MS = 20_000;

const folder = mkdtempSync(join(tmpdir(), 'pelagic-limits-'));
const basePort = await anyFreeBasePort();
let running: ChildProcess | undefined;

afterAll(async () => {
  if (running?.pid && running.exitCode === null && running.signalCode === null) {
    const ended = once(running, 'exit');
    pressCtrlC(running);
    await Promise.race([ended, sleep(STOP_MS)]);
  }
  rmSync(folder, { recursive: true, force: true });
}, STOP_MS * 2);

/** Resolves when it says that it is ready; with how long that took, in milliseconds. */
const start = async (): Promise<{ tookMs: number; said: () => string }> => {
  const began = performance.now();
  const npm = spawn('npm', ['start', '--', '--empty'], {
    cwd: ROOT,
    env: { ...process.env, PELAGIC_DATA: folder, PELAGIC_PORT: String(basePort) },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  running = npm;
  let said = '';
  for (const stream of [npm.stdout, npm.stderr]) stream.on('data', (text: Buffer) => (said += text.toString()));
  while (!said.includes('Ctrl-C stops it')) {
    if (npm.exitCode !== null || performance.now() - began > FIRST_START_MS)
      throw new Error(`it did not start:\n${said}`);
    await sleep(50);
  }
  return { tookMs: performance.now() - began, said: () => said };
};

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** As the terminal does it: the signal goes to everything in its foreground. */
const pressCtrlC = (npm: ChildProcess): void => void process.kill(-npm.pid!, 'SIGINT');

/** Ctrl-C, and all that ran is gone. */
const stop = async (): Promise<void> => {
  const pids = processTree(running!.pid!);
  expect(pids.length).toBeGreaterThan(8);
  pressCtrlC(running!);
  await until('the end of all processes', STOP_MS, () => !pids.some(isAlive));
};

it(
  'a fresh start keeps to its memory, the second one is quick, and neither leaves anything running',
  async () => {
    const first = await start();
    const { megabytes, measure } = memoryOf([running!.pid!]);
    console.info(`limits: first start ${Math.round(first.tookMs)} ms, ${megabytes} MB (${measure})`);
    expect(megabytes).toBeGreaterThan(200);
    if (measure === 'PSS') expect(megabytes).toBeLessThanOrEqual(MEMORY_MB);
    await stop();

    const second = await start();
    console.info(
      `limits: warm start ${Math.round(second.tookMs)} ms; allowed ${WARM_START_MS} ms × ${BUSY.toFixed(1)}`,
    );
    const login = await fetch(`http://localhost:${basePort}/login`);
    expect([login.status, await login.text()]).toEqual([200, expect.stringContaining('<form')]);
    expect(second.tookMs).toBeLessThanOrEqual(WARM_START_MS * BUSY);
    await stop();
  },
  FIRST_START_MS * 2 + STOP_MS * 2,
);
