import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { sharedEnvironment } from './environment.ts';
import { Failure } from './failure.ts';
import { firstLink } from './first-link.ts';
import type { Login } from './installation.ts';
import { logFile, tailOf } from './logs.ts';
import type { Mesh } from './mesh.ts';
import { partsOf, ROOT } from './paths.ts';
import { RECORD_SERVICES } from './processes.ts';
import { AT_REST, UNDER_LOAD } from './specs.ts';

/**
 * While the demo is loaded, and at no other time: identity gives out tokens with a simulated clock, and no ticket becomes
 * late by the real one before its story is told to its end.
 */
export const WHILE_LOADING = {
  env: {
    identity: { PELAGIC_DEMO: '1' },
    ...Object.fromEntries(RECORD_SERVICES.map((name) => [name, UNDER_LOAD])),
    ticket: { ...UNDER_LOAD, PELAGIC_DEMO: '1' },
  } as Record<string, Record<string, string>>,
  // Nobody looks yet: the figures are made in large batches afterwards, from the streams, with all of the machine.
  waiting: ['analytics', 'gateway', 'web'],
};

export interface DemoOptions {
  /** Gets a line per step. */
  onLine?: (line: string) => void;
  signal?: AbortSignal;
  /** Part of the whole, above 0. Default 1. */
  share?: number;
  /** The day after the last one of its history, as 2026-08-01. Default today. */
  end?: string;
}

/**
 * Loads the demo enterprise through the services' own rpcs: the same one for the same share and end. The loader prints a
 * line per step and writes its logins as JSON to the file named by DEMO_LOGINS.
 */
export async function loadDemo(mesh: Mesh, { onLine, signal, share, end }: DemoOptions = {}): Promise<Login[]> {
  const { logs, cache } = partsOf(mesh.around.dataDir);
  const loginFile = join(cache, 'demo-logins.json');
  mkdirSync(cache, { recursive: true });
  rmSync(loginFile, { force: true });
  const log = logFile(logs, 'demo');
  const link = await firstLink(mesh);
  if (!link) throw new Failure('This enterprise has an administrator already.', 'Start over: npm run reset');
  const env = {
    ...sharedEnvironment(mesh.around),
    BOOTSTRAP_LINK: link,
    // For the tokens that carry the simulated clock; the services accept such a clock from the generator only.
    SIGNING_KEY: JSON.stringify(mesh.around.secrets.signingKey),
    DEMO_LOGINS: loginFile,
    ...(share && { DEMO_SHARE: String(share) }),
    ...(end && { DEMO_END: end }),
  };
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(ROOT, 'deploy', 'demo', 'load.ts')],
    {
      cwd: ROOT,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(signal && { signal, killSignal: 'SIGTERM' as const }),
    },
  );
  const file = createWriteStream(log, { flags: 'w' });
  child.stderr.pipe(file, { end: false });
  child.stdout.pipe(file, { end: false });
  if (onLine) createInterface(child.stdout).on('line', onLine);
  const [code] = (await once(child, 'close')) as [number | null];
  file.end();
  if (code !== 0 || !existsSync(loginFile)) {
    throw new Failure(
      `The demo enterprise could not be loaded:\n${tailOf(log)}`,
      'Start again: it begins anew. Or start without the demo: npm start -- --empty',
    );
  }
  return JSON.parse(readFileSync(loginFile, 'utf8')) as Login[];
}

/** The clocks are the real ones from now on; those that took in everything give back the memory they needed for it. */
export const endLoading = async (mesh: Mesh): Promise<void> => {
  const atRest = { ...AT_REST, PELAGIC_DEMO: '' };
  await Promise.all(Object.keys(WHILE_LOADING.env).map((name) => mesh.restart(name, atRest)));
};
