import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { Failure } from './failure.ts';
import { tailOf } from './logs.ts';
import { ROOT } from './paths.ts';

const WEB = join(ROOT, 'web');
/** What the build writes, or what does not go into it. */
const NOT_SOURCE = new Set(['node_modules', 'build', '.svelte-kit', 'paraglide', 'screenshots', 'test']);

/** Builds the web interface when its sources differ from those of the last build; `onBuild` is called before it builds. */
export async function ensureWebBuilt(log: string, onBuild: () => void, signal?: AbortSignal): Promise<void> {
  const stamp = join(WEB, 'build', '.sources');
  const sources = hashOf(WEB);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return;
  onBuild();
  const fd = openSync(log, 'w');
  const build = spawn('npm', ['run', 'build', '--workspace', '@pelagic/web'], {
    cwd: ROOT,
    stdio: ['ignore', fd, fd],
    ...(signal && { signal, killSignal: 'SIGTERM' as const }),
  });
  closeSync(fd);
  const [code] = (await once(build, 'exit')) as [number | null];
  if (code !== 0) {
    throw new Failure(`The web interface could not be built:\n${tailOf(log)}`, `The whole log is ${log}.`);
  }
  writeFileSync(stamp, sources);
}

/** One hash over the names and contents of all source files. */
function hashOf(folder: string): string {
  const hash = createHash('sha256');
  const lockfile = join(ROOT, 'package-lock.json');
  for (const file of [...sourcesIn(folder), lockfile])
    hash.update(file.slice(ROOT.length)).update('\0').update(readFileSync(file));
  return hash.digest('hex');
}

function sourcesIn(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries
    .filter(({ name }) => !NOT_SOURCE.has(name))
    .flatMap((entry) => (entry.isDirectory() ? sourcesIn(join(folder, entry.name)) : [join(folder, entry.name)]));
}
