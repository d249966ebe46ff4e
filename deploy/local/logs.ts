import { closeSync, existsSync, fstatSync, mkdirSync, openSync, readSync, renameSync } from 'node:fs';
import { join } from 'node:path';

/** Logs of this many runs are kept, the current one included. */
const KEPT = 5;
const TAIL_BYTES = 16_384;

export function logFile(logDir: string, name: string): string {
  return join(logDir, `${name}.log`);
}

/** Starts new log files for a run: `x.log` becomes `x.1.log`, and so on up to `x.4.log`. */
export function rotateLogs(logDir: string, names: string[]): void {
  mkdirSync(logDir, { recursive: true });
  for (const name of names) {
    for (let age = KEPT - 2; age >= 0; age--) {
      const from = age === 0 ? logFile(logDir, name) : logFile(logDir, `${name}.${age}`);
      if (existsSync(from)) renameSync(from, logFile(logDir, `${name}.${age + 1}`));
    }
  }
}

/** The last lines of a log file, indented for the console. */
export function tailOf(file: string, lines = 12): string {
  if (!existsSync(file)) return '    (no log)';
  const fd = openSync(file, 'r');
  try {
    const { size } = fstatSync(fd);
    const buffer = Buffer.alloc(Math.min(size, TAIL_BYTES));
    readSync(fd, buffer, 0, buffer.length, size - buffer.length);
    const last = buffer.toString('utf8').trimEnd().split('\n').slice(-lines);
    return last.map((line) => `    ${line.slice(0, 300)}`).join('\n');
  } finally {
    closeSync(fd);
  }
}
