import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ensureDatabases } from '../databases.ts';
import { markOf } from '../process-table.ts';
import { postgresPidFile, postgresUrl, reapPostgres, startPostgres, type Postgres } from './postgres.ts';

let folder: string;
let postgres: Postgres;
const options = () => ({
  dir: join(folder, 'postgres'),
  port: 0,
  log: join(folder, 'postgres.log'),
  password: 'p/s w',
});

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pelagic-pg-'));
  postgres = await startPostgres(options());
});
afterAll(async () => {
  await postgres.stop();
  rmSync(folder, { recursive: true });
});

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

it('is PostgreSQL 18 that keeps what it answered and finds Chinese text', async () => {
  const sql = `select current_setting('server_version') as version, current_setting('fsync') as fsync, current_setting('jit') as jit`;
  const [settings] = await query(postgres.url('postgres'), sql);
  expect(settings).toMatchObject({ version: expect.stringMatching(/^18\./), fsync: 'on', jit: 'off' });
  await query(postgres.url('postgres'), 'create extension pg_trgm');
  const [trigrams] = await query(postgres.url('postgres'), `select cardinality(show_trgm('公海客户')) as count`);
  expect(trigrams?.['count']).toBeGreaterThan(0);
});

it('gives each service a database that no other may enter', async () => {
  const admin = postgres.url('postgres');
  let made = 0;
  const ensure = (passwords: Record<string, string>) => ensureDatabases(admin, passwords, () => made++);
  for (const [passwords, total] of [
    [{ customer: 'c', sales: 's' }, 1],
    [{ customer: 'c', sales: 's' }, 1],
    [{ customer: 'c', ticket: 't' }, 2],
  ] as const) {
    await ensure(passwords);
    expect(made).toBe(total);
  }
  const url = (user: string, password: string, database: string) =>
    postgresUrl({ port: postgres.port, user, password, database });
  await query(url('customer', 'c', 'customer'), 'create extension ltree; create table lead (id uuid default uuidv7())');
  await expect(query(url('sales', 's', 'customer'), 'select 1')).rejects.toThrow('permission denied for database');
  await expect(query(url('customer', 'wrong', 'customer'), 'select 1')).rejects.toThrow(
    'password authentication failed',
  );
});

it('keeps its data over a stop and a start, and after a kill', async () => {
  await query(postgres.url('postgres'), `create table kept (name text); insert into kept values ('林')`);
  await postgres.stop();
  postgres = await startPostgres(options());
  const postmaster = Number(readFileSync(postgresPidFile(options().dir), 'utf8').split('\n')[0]);
  process.kill(postmaster, 'SIGKILL');
  await expect.poll(() => markOf(postmaster)).toBeUndefined();
  postgres = await startPostgres(options());
  expect(await query(postgres.url('postgres'), 'select name from kept')).toEqual([{ name: '林' }]);
});

it('ends a server that a crashed run left behind, but no stranger with its old pid', async () => {
  const { dir } = options();
  const pidFile = postgresPidFile(dir);
  const postmaster = markOf(Number(readFileSync(pidFile, 'utf8').split('\n')[0]));
  expect(await reapPostgres(dir)).toBe(true);
  expect(postmaster && markOf(postmaster.pid)).toBeUndefined();
  writeFileSync(pidFile, `${process.pid}\n${dir}\n`);
  expect(await reapPostgres(dir)).toBe(false);
  rmSync(pidFile);
  postgres = await startPostgres(options());
});

it('does not take a damaged folder for an empty one', async () => {
  const dir = join(folder, 'damaged');
  mkdirSync(join(dir, 'base'), { recursive: true });
  await expect(startPostgres({ ...options(), dir })).rejects.toThrow('damaged');
});

it('refuses a password that is not the folder’s own', async () => {
  await postgres.stop();
  await expect(startPostgres({ ...options(), password: 'another' })).rejects.toThrow('refuses the password');
  postgres = await startPostgres(options());
});
