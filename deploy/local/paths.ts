import { join, resolve } from 'node:path';

/** Root of the repository. */
export const ROOT = resolve(import.meta.dirname, '..', '..');

/** Reads PELAGIC_DATA: the one folder that holds all data, by default `.data`; a relative path counts from the root. */
export function dataDirFrom(text: string | undefined): string {
  return resolve(ROOT, text || '.data');
}

/** The parts of a data folder, all of them; anything else in it is not ours. */
export function partsOf(dataDir: string) {
  return {
    postgres: join(dataDir, 'postgres'),
    nats: join(dataDir, 'nats'),
    clickhouse: join(dataDir, 'clickhouse'),
    files: join(dataDir, 'files'),
    logs: join(dataDir, 'logs'),
    cache: join(dataDir, 'cache'),
    secrets: join(dataDir, 'secrets.json'),
    installation: join(dataDir, 'installation.json'),
  };
}
