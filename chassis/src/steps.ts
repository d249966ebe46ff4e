import { existsSync, writeFileSync } from 'node:fs';

/**
 * Named steps at which tests make a process die or wait, to show that whatever was going on is finished afterwards.
 * Costs one look at an empty map when nobody listens.
 */
const watchers = new Map<string, () => void | Promise<void>>();

/**
 * The process dies at this step as if by kill -9; set with PELAGIC_CRASH_AT. With PELAGIC_CRASH_MARK, the path of a
 * file, only once: its successor finds the file and lives.
 */
const crashAt = process.env['PELAGIC_CRASH_AT'];
const crashMark = process.env['PELAGIC_CRASH_MARK'];
const die = (): void => {
  if (crashMark) writeFileSync(crashMark, crashAt ?? '');
  process.kill(process.pid, 'SIGKILL');
};
if (crashAt && !(crashMark && existsSync(crashMark))) watchers.set(crashAt, die);

export const onStep = (name: string, watcher: () => void | Promise<void>): (() => void) => {
  watchers.set(name, watcher);
  return () => watchers.delete(name);
};

export const step = async (name: string): Promise<void> => {
  if (watchers.size) await watchers.get(name)?.();
};
