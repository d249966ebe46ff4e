import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { PROCESS_SETTINGS, readConfig } from './config.ts';

/**
 * Named steps at which tests make a process die or wait, to show that whatever was going on is finished afterwards.
 * Costs one look at an empty map when nobody listens.
 */
const watchers = new Map<string, () => void | Promise<void>>();

/**
 * The process dies at these steps (their names parted by commas) as if by kill -9; set with PELAGIC_CRASH_AT. With
 * PELAGIC_CRASH_MARK, the path of a file, at each only once: its successor reads there where the others died and dies
 * at the next one.
 */
const { PELAGIC_CRASH_AT: crashAt, PELAGIC_CRASH_MARK: crashMark } = readConfig(PROCESS_SETTINGS);
const diedAt = crashMark && existsSync(crashMark) ? readFileSync(crashMark, 'utf8').split('\n') : [];
const deadly = crashAt.split(',').find((name) => name && !diedAt.includes(name));
const die = (): void => {
  if (crashMark) appendFileSync(crashMark, `${deadly}\n`);
  process.kill(process.pid, 'SIGKILL');
};
if (deadly) watchers.set(deadly, die);

export const onStep = (name: string, watcher: () => void | Promise<void>): (() => void) => {
  watchers.set(name, watcher);
  return () => watchers.delete(name);
};

export const step = async (name: string): Promise<void> => {
  if (watchers.size) await watchers.get(name)?.();
};
