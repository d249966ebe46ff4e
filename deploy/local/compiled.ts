import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { ROOT } from './paths.ts';
import type { ProcessSpec } from './supervise.ts';

const CODE = ['proto', 'chassis', 'capabilities', 'services', 'gateway', 'analytics'];
const AT_ONCE = 2;

/**
 * Lets each process load its code and end again, once for each state of the code, so that Node's compile cache holds it.
 * One that takes the types out of its code by itself loads the compiler for that, and keeps its 20 MB for as long as it
 * runs. What cannot be compiled is told when it is started. `onBegin` is called before it compiles.
 */
export async function ensureCompiled(
  cache: string,
  processes: ProcessSpec[],
  onBegin: () => void,
  signal?: AbortSignal,
): Promise<void> {
  const mark = join(cache, `whole-${stateOf(CODE.map((folder) => join(ROOT, folder)))}`);
  if (existsSync(mark)) return;
  onBegin();
  const left = [...processes];
  const work = async (): Promise<void> => {
    for (let next = left.shift(); next && !signal?.aborted; next = left.shift()) await compile(next, signal);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  signal?.throwIfAborted();
  mkdirSync(cache, { recursive: true });
  writeFileSync(mark, '');
}

async function compile({ command, cwd }: ProcessSpec, signal?: AbortSignal): Promise<void> {
  const { file, args, env } = await command();
  const child = spawn(file, [...args, '--check'], { cwd, env, stdio: 'ignore', ...(signal && { signal }) });
  child.once('error', () => {}); // told when it is started
  await once(child, 'close').catch(() => undefined);
}

/** One hash over the names, sizes and times of all files that are not packages. */
function stateOf(folders: string[]): string {
  const hash = createHash('sha256').update(process.version);
  const walk = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.name === 'node_modules') continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (entry.name.endsWith('.ts')) {
        const { size, mtimeMs } = statSync(path);
        hash.update(`${path}\0${size}\0${mtimeMs}\0`);
      }
    }
  };
  for (const folder of folders) walk(folder);
  return hash.digest('hex').slice(0, 16);
}
