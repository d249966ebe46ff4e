import { readFileSync } from 'node:fs';
import { commandOf, markOf, type ProcessMark } from '../process-table.ts';

/**
 * The living process that a pid file names, undefined when there is none. The first line of the file holds the pid. A file
 * that outlived its process may name a stranger by now: only one whose command line holds `path` counts.
 */
export function processIn(pidFile: string, path: string): ProcessMark | undefined {
  let pid: number;
  try {
    pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
  } catch {
    return undefined; // no such file: nothing runs
  }
  return Number.isInteger(pid) && pid > 1 && commandOf(pid).includes(path) ? markOf(pid) : undefined;
}
