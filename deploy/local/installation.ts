import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { Failure } from './failure.ts';
import { partsOf } from './paths.ts';

export interface Login {
  login: string;
  password: string;
  name: string;
  /** What this person does in the demo enterprise. */
  role: string;
}

/** What a data folder holds. */
export interface Installation {
  kind: 'demo' | 'empty';
  /** The demo is `loading` from its first record to its last; a run that ends in between leaves it so. */
  state: 'loading' | 'ready';
  /** Of the demo. */
  logins: Login[];
}

/** What is in the folder, undefined when nothing is yet. */
export function installationIn(dataDir: string): Installation | undefined {
  const file = partsOf(dataDir).installation;
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Installation;
  } catch {
    throw new Failure(
      `${file} is damaged: it does not say what the folder holds.`,
      'Put it back from a copy, or start over with `npm run reset` (this deletes the data).',
    );
  }
}

export function recordInstallation(dataDir: string, installation: Installation): void {
  const file = partsOf(dataDir).installation;
  writeFileSync(`${file}.new`, JSON.stringify(installation, undefined, 2), { mode: 0o600, flush: true });
  renameSync(`${file}.new`, file);
}

/** Settles what this start is to bring up. Throws when `--empty` meets a folder that holds the demo. */
export function settleInstallation(dataDir: string, wantsEmpty: boolean): Installation {
  const found = installationIn(dataDir);
  if (!found) return { kind: wantsEmpty ? 'empty' : 'demo', state: 'loading', logins: [] };
  if (wantsEmpty && found.kind === 'demo') {
    throw new Failure(
      'This data folder holds the demo enterprise.',
      'Start over with `npm run reset` (this deletes the data), or keep it and use another folder: PELAGIC_DATA=.data-empty npm start -- --empty',
    );
  }
  return found;
}

/** Deletes the data, but neither the secrets nor the logs. Nothing may run on it any more. */
export function deleteData(dataDir: string): void {
  const { postgres, nats, clickhouse, files, installation } = partsOf(dataDir);
  // The record goes last: cut short in between, the next start knows that the rest is not whole.
  for (const path of [postgres, nats, clickhouse, files, installation]) rmSync(path, { recursive: true, force: true });
}
