import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { partsOf } from '../../deploy/local/paths.ts';
import type { Mesh } from '../../deploy/local/mesh.ts';
import type { Outcome } from './run.ts';

/** What the fuzz itself brings about, and means to. */
const MEANT = 'event parked';
const ERROR_LEVEL = /"level":(50|60)/;
const LINES_MAX = 20;

/** What the processes wrote down of the faults: an answer does not say what broke. */
export const loggedFaults = ({ around }: Mesh): string[] => {
  const { logs } = partsOf(around.dataDir);
  return readdirSync(logs)
    .flatMap((file) => readFileSync(join(logs, file), 'utf8').split('\n'))
    .filter((line) => ERROR_LEVEL.test(line) && !line.includes(MEANT))
    .slice(0, LINES_MAX);
};

/** A fault with the first request that showed it, for people. */
export const faultText = ({ part, what, times, request, answer }: Outcome['faults'][number]): string =>
  [`${part}: ${what} (${times}×)`, request.slice(0, 600), answer.slice(0, 600)].filter(Boolean).join('\n    ');

/** What ran, and what it found. */
export const tell = ({ seed, seconds, requests, rules, parts, memoryMb, faults }: Outcome): void => {
  const rows = Object.entries(parts).map(([name, { statuses: _, ...figures }]) => [name, figures] as const);
  console.table(Object.fromEntries(rows));
  for (const [name, { statuses }] of Object.entries(parts)) console.info(`${name}: ${JSON.stringify(statuses)}`);
  console.info(`memory in MB: ${JSON.stringify(memoryMb)}`);
  console.info(
    `seed ${seed}: ${requests} requests in ${seconds} s, ${rules} of them met a rule; ${faults.length} kinds of faults`,
  );
  for (const fault of faults) console.info(`\n${faultText(fault)}`);
};
