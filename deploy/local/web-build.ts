import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { Failure } from './failure.ts';
import { tailOf } from './logs.ts';
import { ROOT } from './paths.ts';

const WEB = join(ROOT, 'web');
const BUILDS = join(WEB, 'build');
/** What the build writes, or what does not go into it; the last are what paraglide's compiler leaves beside its settings. */
const NOT_SOURCE = new Set([
  ...['node_modules', 'build', '.svelte-kit', 'paraglide', 'screenshots', 'test', '.gitignore', 'README.md'],
  ...['cache', '.lix', '.meta.json'],
]);
/** More than anybody runs side by side: a build in use must stay. */
const KEPT = 5;

/**
 * Where the build of the web interface as its sources are now belongs. Each state of the sources has a folder of its
 * own, so that a copy of Pelagic that runs keeps the pages it was started with when they change.
 */
export function webBuildFolder(): string {
  return join(BUILDS, hashOf(WEB).slice(0, 16));
}

/** Builds the web interface into the folder unless it is there; `onBuild` is called before it builds. */
export async function ensureWebBuilt(
  folder: string,
  log: string,
  onBuild: () => void,
  signal?: AbortSignal,
): Promise<void> {
  if (!existsSync(folder)) {
    onBuild();
    const half = `${folder}.${process.pid}`;
    await build(half, log, signal);
    renameSync(half, folder);
  }
  const now = new Date();
  utimesSync(folder, now, now);
  for (const old of newestFirst().slice(KEPT)) rmSync(old, { recursive: true, force: true });
}

async function build(folder: string, log: string, signal?: AbortSignal): Promise<void> {
  const fd = openSync(log, 'w');
  const vite = spawn('npm', ['run', 'build', '--workspace', '@pelagic/web'], {
    cwd: ROOT,
    env: { ...process.env, WEB_BUILD: folder },
    stdio: ['ignore', fd, fd],
    ...(signal && { signal, killSignal: 'SIGTERM' as const }),
  });
  closeSync(fd);
  const [code] = (await once(vite, 'exit')) as [number | null];
  if (code !== 0) {
    throw new Failure(`The web interface could not be built:\n${tailOf(log)}`, `The whole log is ${log}.`);
  }
}

function newestFirst(): string[] {
  return readdirSync(BUILDS)
    .map((name) => join(BUILDS, name))
    .map((path) => ({ path, used: statSync(path).mtimeMs }))
    .sort((a, b) => b.used - a.used)
    .map(({ path }) => path);
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
