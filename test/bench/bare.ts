import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import pg from 'pg';
import type { House } from './house.ts';
import { load, type Loaded } from './k6.ts';

const GATEWAY = 'http://127.0.0.1:50072/leads';
const LEAD = {
  name: '海达有限公司 {n}',
  company: '公司',
  phone: '139{n}',
  phones: ['139{n}'],
  source: 'source-1',
  industry: 'industry-2',
  note: '',
};

const start = async (file: string, env: Record<string, string>): Promise<ChildProcess> => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'bare-chain', file)], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(createInterface(child.stdout!), 'line');
  return child;
};

const stop = async (child: ChildProcess): Promise<void> => {
  child.kill();
  await once(child, 'exit');
};

export type Bare = { create: (seconds: number) => Promise<Loaded>; list: (seconds: number) => Promise<Loaded> };

/** The bare chain, on the same PostgreSQL and loaded in the same way as the product beside it: what its rates are a share of. */
export const withBare = async <T>({ mesh }: House, work: (bare: Bare) => Promise<T>): Promise<T> => {
  const admin = new pg.Client({ connectionString: mesh.databaseUrl('postgres') });
  await admin.connect();
  await admin.query('create database bare').catch((error: { code?: string }) => {
    if (error.code !== '42P04') throw error;
  });
  await admin.end();
  const service = await start('service.mjs', { DATABASE_URL: mesh.databaseUrl('bare') });
  const gateway = await start('gateway.mjs', {});
  const people = [{ 'content-type': 'application/json' }];
  try {
    return await work({
      create: (seconds) =>
        load({
          name: 'bare create',
          requests: [{ method: 'POST', url: GATEWAY, body: JSON.stringify(LEAD) }],
          people,
          seconds,
        }),
      list: (seconds) => load({ name: 'bare list', requests: [{ method: 'GET', url: GATEWAY }], people, seconds }),
    });
  } finally {
    await stop(gateway);
    await stop(service);
  }
};
