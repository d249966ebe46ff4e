import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';

export type Line = {
  what: string;
  /** As measured, with its unit. */
  measured: string;
  /** What the same run measured of the bare chain, where the figure is a share of it. */
  baseline?: string;
  goal: string;
  /** Absent where the figure is told and not judged. */
  holds?: boolean;
};

const lines: Line[] = [];

/** Prints a line as soon as it is known. */
export const tell = (line: Line): void => {
  lines.push(line);
  const verdict = line.holds === undefined ? ' ' : line.holds ? '✓' : '✗';
  const baseline = line.baseline ? `  (bare chain ${line.baseline})` : '';
  process.stdout.write(`  ${verdict} ${line.what}: ${line.measured}${baseline}  goal ${line.goal}\n`);
};

/** The whole run as JSON, with what it ran on. */
export const writeReport = (folder: string, options: object): string => {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `bench-${new Date().toISOString().slice(0, 16).replace(':', '')}.json`);
  const machine = { cores: cpus().length, model: cpus()[0]?.model, memoryMb: Math.round(totalmem() / 1e6) };
  writeFileSync(file, JSON.stringify({ machine, options, lines }, null, 2));
  return file;
};
