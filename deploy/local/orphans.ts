import type { Run } from './lock.ts';
import { endProcess, isAlive } from './process-table.ts';

const GRACE_MS = 5_000;

/** Ends what a crashed run left running, and returns the names of what it ended. Engines are ended by their own `reap`. */
export async function endOrphans(crashed: Run | undefined): Promise<string[]> {
  const living = Object.entries(crashed?.children ?? {}).filter(([, mark]) => isAlive(mark));
  await Promise.all(living.map(([, mark]) => endProcess(mark, ['SIGTERM', 'SIGKILL'], GRACE_MS)));
  return living.map(([name]) => name);
}
