import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readConfig } from '@pelagic/chassis/config';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { allVariables, declaredBy } from '../config/settings.ts';
import { environmentIn, lastWords, lineageOf } from '../docker/steps.ts';
import { stages } from '../docker/rehearse.ts';
import { findNatsServer } from '../local/engines/nats-server.ts';
import { PROCESSES } from '../local/processes.ts';
import { secretsOf, writeSecrets } from '../secrets/write.ts';

type Service = {
  environment?: Record<string, string>;
  env_file?: string[];
  command?: string[];
  build?: { target: string };
  profiles?: string[];
};

const run = promisify(execFile);
const { services } = parse(readFileSync(join(import.meta.dirname, 'compose.yaml'), 'utf8'), { merge: true }) as {
  services: Record<string, Service>;
};
const stores = { postgres: 'postgres:5432', clickhouse: 'http://clickhouse:8123', prefix: 'pelagic' };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pelagic-secrets-'));
  writeSecrets(join(folder, 'secrets'), stores);
});
afterAll(() => rmSync(folder, { recursive: true }));

const readEnvFile = (file: string): Record<string, string> =>
  Object.fromEntries(
    [...readFileSync(join(folder, file), 'utf8').matchAll(/^(\w+)='([^']*)'$/gm)].map(([, name, value]) => [
      name,
      value,
    ]),
  );

/** All that a container has: of its image, its env files, and what compose says. */
const environmentOf = (name: string): Record<string, string> => {
  const { environment = {}, env_file: files = [], build } = services[name]!;
  // As compose does for who has set none of its own variables.
  const said = Object.entries(environment).map(([key, value]) => [key, value.replace(/^\$\{\w+:-(.*)\}$/, '$1')]);
  return {
    ...environmentIn(lineageOf(stages, build!.target)),
    ...Object.assign({}, ...files.map(readEnvFile)),
    ...Object.fromEntries(said),
  };
};

it('runs every process, each from its image', () => {
  const run = Object.keys(services).filter((name) => !services[name]!.profiles);
  expect(run.toSorted()).toEqual(PROCESSES.map(({ name }) => name).toSorted());
  for (const { name, entry } of PROCESSES.filter(({ name: each }) => each !== 'web')) {
    const { command, build } = services[name]!;
    expect([entry]).toEqual(command ?? lastWords(lineageOf(stages, build!.target), 'CMD'));
  }
});

it('gives each process all that it must have, and every service its neighbours', async () => {
  for (const { name, processes, fallback } of await allVariables())
    for (const process of processes)
      if (fallback === undefined || name.endsWith('_ADDRESS'))
        expect(Object.keys(environmentOf(process)), process).toContain(name);
});

it('gives what a process can read', async () => {
  for (const definition of PROCESSES) readConfig(await declaredBy(definition), environmentOf(definition.name));
});

it('makes accounts that the bus accepts', async () => {
  const { path } = await findNatsServer();
  writeFileSync(
    join(folder, 'nats.conf'),
    readFileSync(join(import.meta.dirname, 'nats.conf'), 'utf8')
      .replace('/data/jetstream', join(folder, 'jetstream'))
      .replace('include nats-accounts.conf', 'include secrets/nats-accounts.conf'),
  );
  const { stderr } = await run(path, ['-t', '--config', join(folder, 'nats.conf')]);
  expect(stderr).toContain('is valid');
});

it('keeps what was made before, and gives nobody more than their own', () => {
  const before = readFileSync(join(folder, 'secrets/secrets.json'), 'utf8');
  writeSecrets(join(folder, 'secrets'), stores);
  expect(readFileSync(join(folder, 'secrets/secrets.json'), 'utf8')).toBe(before);
  const secrets = JSON.parse(before) as Parameters<typeof secretsOf>[1];
  expect(Object.keys(secretsOf('gateway', secrets, stores))).toEqual(['NATS_PASSWORD']);
  expect(secretsOf('web', secrets, stores)).toEqual({});
  expect(secretsOf('sales', secrets, stores)['DATABASE_URL']).toMatch(
    /^postgres:\/\/sales:[\w-]+@postgres:5432\/sales$/,
  );
  expect(secretsOf('analytics', secrets, stores)['CLICKHOUSE_URL']).toMatch(
    /^http:\/\/pelagic:[\w-]+@clickhouse:8123\/pelagic$/,
  );
  expect(secretsOf('analytics', secrets, { ...stores, clickhouse: '' })['CLICKHOUSE_URL']).toBeUndefined();
});
