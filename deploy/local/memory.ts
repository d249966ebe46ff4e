import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { processTree } from './process-table.ts';

export interface Memory {
  /** Megabytes (10^6 bytes) held by all the processes together. */
  megabytes: number;
  /** PSS divides shared pages among their users, so that the sum is honest; RSS counts them once per process. */
  measure: 'PSS' | 'RSS';
}

/** Memory of everything that runs below the given processes, they themselves included. */
export function memoryOf(roots: number[]): Memory {
  const pids = [...new Set(roots.flatMap(processTree))];
  if (process.platform !== 'linux') return { megabytes: sum(pids.map(residentKib)), measure: 'RSS' };
  return { megabytes: sum(pids.map(proportionalKib)), measure: 'PSS' };
}

function sum(kib: number[]): number {
  return Math.round((kib.reduce((total, each) => total + each, 0) * 1024) / 1e6);
}

function proportionalKib(pid: number): number {
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0; // it ended since the tree was listed
  }
}

function residentKib(pid: number): number {
  try {
    return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).trim());
  } catch {
    return 0; // it ended since the tree was listed
  }
}
