import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { firstLink } from '../../deploy/local/first-link.ts';
import { startMesh, type Mesh } from '../../deploy/local/mesh.ts';
import { ROOT } from '../../deploy/local/paths.ts';
import { WITHOUT_PAGES } from '../../deploy/local/processes.ts';
import { UNDER_LOAD } from '../../deploy/local/specs.ts';
import { PASSWORD, redeemAsWeDo } from '../mesh/enterprise.ts';
import { signIn, type Person } from '../mesh/person.ts';

const BASE_PORT = 18_400;
/** Who loads it sits behind one address and clicks faster than people do: no limit of requests is what is measured here. */
const NO_LIMITS = {
  SESSION_RATE: '100000000',
  KEY_RATE: '100000000',
  ADDRESS_RATE: '100000000',
  SIGN_IN_RATE: '100000',
};

/** Memory as an installation for so many records has it; statements are counted for the profile. */
const POSTGRES = {
  shared_buffers: '512MB',
  max_wal_size: '4GB',
  shared_preload_libraries: 'pg_stat_statements',
  'pg_stat_statements.track': 'top',
};

export type House = {
  mesh: Mesh;
  base: string;
  admin: Person;
  /** A folder for what is made once and read by many measurements. */
  folder: string;
  stop: () => Promise<void>;
};

const found = async (mesh: Mesh, base: string): Promise<void> => {
  const link = await firstLink(mesh);
  if (!link) return;
  const { pathname, hash } = new URL(link);
  await redeemAsWeDo(`${base}${pathname}${hash}`);
};

/** All processes but the web on the data of earlier runs, so that a million records are made once. */
export const openHouse = async (dataDir: string, basePort = BASE_PORT): Promise<House> => {
  mkdirSync(dataDir, { recursive: true });
  const mesh = await startMesh({
    dataDir,
    basePort,
    only: WITHOUT_PAGES,
    postgres: POSTGRES,
    env: {
      gateway: { ...UNDER_LOAD, ...NO_LIMITS },
      customer: { ...UNDER_LOAD },
      analytics: { CLICKHOUSE_MEMORY_MB: '2000' },
    },
  });
  const base = `http://127.0.0.1:${basePort}`;
  await found(mesh, base);
  return { mesh, base, admin: await signIn(base, 'admin', PASSWORD), folder: dataDir, stop: () => mesh.stop() };
};

/** What a command of the data set has made already, by its name; made once, then read. */
export const madeOnce = async <T>(folder: string, name: string, make: () => Promise<T>): Promise<T> => {
  const file = join(folder, `${name}.json`);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as T;
  const began = performance.now();
  const made = await make();
  writeFileSync(file, JSON.stringify(made));
  process.stdout.write(`  made ${name} in ${Math.round((performance.now() - began) / 1_000)} s\n`);
  return made;
};

export const DATA_FOLDER = join(ROOT, '.data-bench');
