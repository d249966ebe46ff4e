import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lockFile, runningIn, takeLock, type Run } from './lock.ts';
import { birthOf, isAlive } from './process-table.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'pelagic-lock-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const address = 'http://localhost:7300';

function leaveLock(supervisor: Run['supervisor'], children: Run['children'] = {}): void {
  writeFileSync(lockFile(dir), JSON.stringify({ supervisor, address, children } satisfies Run));
}

async function pidOfTheDead(): Promise<number> {
  const child = spawn('true');
  await once(child, 'exit');
  return child.pid ?? 0;
}

it('gives a free folder to the first, refuses the second and says who has it', () => {
  const lock = takeLock(dir, address);
  expect(lock.crashed).toBeUndefined();
  expect(runningIn(dir)?.supervisor.pid).toBe(process.pid);
  expect(() => takeLock(dir, address)).toThrow(`already running here (process ${process.pid}): ${address}`);
  lock.release();
  expect(readdirSync(dir)).toEqual([]);
});

it('recognises the lock of a process that is gone, and hands on what it had started', async () => {
  const child = { pid: 1, born: 'long ago' };
  leaveLock({ pid: await pidOfTheDead(), born: 'x:1' }, { customer: child });
  const lock = takeLock(dir, address);
  expect(lock.crashed?.children).toEqual({ customer: child });
  lock.release();
});

it('is not fooled by a stranger who got the pid of the crashed run', () => {
  leaveLock({ pid: process.pid, born: 'another boot:42' });
  expect(runningIn(dir)).toBeUndefined();
  expect(takeLock(dir, address).crashed).toBeDefined();
});

it('takes over a lock that was cut short by a full disk', () => {
  writeFileSync(lockFile(dir), '{"supervisor":{"pid":1');
  takeLock(dir, address).release();
});

it('keeps the marks of orphans until this run has a process of that name', async () => {
  leaveLock({ pid: await pidOfTheDead(), born: 'x:1' }, { sales: { pid: 1, born: 'long ago' } });
  const lock = takeLock(dir, address);
  const saved = () => (JSON.parse(readFileSync(lockFile(dir), 'utf8')) as Run).children;
  expect(saved()['sales']?.born).toBe('long ago');
  lock.remember('sales', process.pid);
  expect(saved()['sales']).toEqual({ pid: process.pid, born: birthOf(process.pid) });
  expect(isAlive(saved()['sales'] ?? { pid: 0, born: '' })).toBe(true);
  lock.release();
});
