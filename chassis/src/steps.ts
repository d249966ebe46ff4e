/**
 * Named steps at which tests make a process die or wait, to show that whatever was going on is finished afterwards.
 * Costs one look at an empty map when nobody listens.
 */
const watchers = new Map<string, () => void | Promise<void>>();

/** The process dies at this step as if by kill -9; set with PELAGIC_CRASH_AT. */
const crashAt = process.env['PELAGIC_CRASH_AT'];
if (crashAt) watchers.set(crashAt, () => process.kill(process.pid, 'SIGKILL') as unknown as void);

export const onStep = (name: string, watcher: () => void | Promise<void>): (() => void) => {
  watchers.set(name, watcher);
  return () => watchers.delete(name);
};

export const step = async (name: string): Promise<void> => {
  if (watchers.size) await watchers.get(name)?.();
};
