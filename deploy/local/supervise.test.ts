import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { birthOf } from './process-table.ts';
import { backoffMs, PACE, Supervised, type Pace, type ProcessEvent } from './supervise.ts';

const quick: Pace = {
  ...PACE,
  lookEveryMs: 20,
  firstMs: 20,
  longestMs: 100,
  resetAfterMs: 2_000,
  startMs: 1_500,
  graceMs: 300,
};

let dir: string;
let events: ProcessEvent[];
let current: Supervised | undefined;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'pelagic-supervise-'));
  events = [];
});
afterEach(async () => {
  await current?.stop();
  rmSync(dir, { recursive: true });
});

function supervised(
  shell: string,
  isReady: () => boolean = () => true,
  pace = quick,
  isStuck = () => false,
): Supervised {
  current = new Supervised(
    {
      name: 'thing',
      command: async () => ({ file: 'sh', args: ['-c', shell], env: { PATH: process.env['PATH'] ?? '' } }),
      isReady: async () => isReady(),
      isStuck: async () => isStuck(),
      cwd: dir,
      log: join(dir, 'thing.log'),
      stopSignal: 'SIGTERM',
      advice: 'Look at it.',
    },
    (event) => events.push(event),
    () => {},
    pace,
  );
  return current;
}

const retries = () => events.flatMap((event) => (event.kind === 'died' ? [event.retryInMs] : []));

it('ends and starts what runs and will not serve again by itself', async () => {
  let stuck = false;
  const started = supervised('sleep 60', undefined, undefined, () => stuck);
  await started.start();
  const { pid } = started;
  stuck = true;
  await vi.waitFor(() => expect(events.at(-1)).toMatchObject({ kind: 'died', how: 'was killed by SIGTERM' }), 3_000);
  stuck = false;
  await vi.waitFor(() => expect(events.at(-1)).toMatchObject({ kind: 'ready', again: true }), 3_000);
  expect(started.pid).not.toBe(pid);
});

describe('back-off', () => {
  it('doubles from half a second to half a minute', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 8, 50].map((deaths) => backoffMs(deaths, PACE))).toEqual([
      500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000,
    ]);
  });

  it('restarts what dies, each time later, and says so', async () => {
    const started = supervised('sleep 60');
    await started.start();
    for (const wait of [20, 40, 80, 100, 100]) {
      const before = events.length;
      started.kill('SIGKILL');
      await vi.waitFor(() => expect(events.slice(before).map(({ kind }) => kind)).toEqual(['died', 'ready']), 3_000);
      expect(events[before]).toMatchObject({ how: 'was killed by SIGKILL', retryInMs: wait });
      expect(events[before + 1]).toMatchObject({ again: true });
    }
  });

  it('begins anew after a long time up', async () => {
    const started = supervised('sleep 60', () => true, { ...quick, resetAfterMs: 150 });
    await started.start();
    started.kill('SIGKILL');
    await vi.waitFor(() => expect(events.at(-1)).toMatchObject({ kind: 'ready', again: true }));
    await delay(200);
    started.kill('SIGKILL');
    await vi.waitFor(() => expect(retries()).toEqual([20, 20]));
  });
});

describe('start', () => {
  it('gives up after three deaths and shows the end of the log', async () => {
    const failure = await supervised('echo no such table; exit 7', () => false)
      .start()
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ advice: 'Look at it.' });
    expect(String(failure)).toContain('thing ended with code 7');
    expect(String(failure)).toContain('no such table');
    expect(retries()).toEqual([20, 40]);
  });

  it('gives up on what never becomes ready', async () => {
    await expect(supervised('sleep 60', () => false).start()).rejects.toThrow('was not ready after 1.5 s');
  });
});

describe('stop', () => {
  it('asks first, kills after the grace, and does not restart', async () => {
    const started = supervised('trap "echo asked" TERM; while :; do sleep 0.05; done');
    await started.start();
    const pid = started.pid ?? 0;
    await delay(100); // the shell sets its trap first
    await started.stop();
    expect(readFileSync(join(dir, 'thing.log'), 'utf8')).toContain('asked');
    expect(birthOf(pid)).toBeUndefined();
    await delay(150);
    expect(started.pid).toBeUndefined();
    expect(retries()).toEqual([]);
  });

  it('takes along what the process had started', async () => {
    const started = supervised('trap "" TERM; sleep 61 & echo child $!; wait');
    await started.start();
    const child = await vi.waitFor(
      () =>
        Number(/child (\d+)/.exec(readFileSync(join(dir, 'thing.log'), 'utf8'))?.[1]) ||
        Promise.reject(new Error('not yet')),
    );
    expect(birthOf(child)).toBeDefined();
    await started.stop();
    await vi.waitFor(() => expect(birthOf(child)).toBeUndefined());
  });

  it('ends a start under way', async () => {
    const started = supervised('sleep 60', () => false);
    const start = expect(started.start()).rejects.toThrow('stopped before it was ready');
    await delay(100);
    await started.stop();
    await start;
  });
});
