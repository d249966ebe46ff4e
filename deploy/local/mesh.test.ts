import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jwtVerify, SignJWT, createLocalJWKSet, importJWK, type JSONWebKeySet, type JWK } from 'jose';
import { connect } from '@nats-io/transport-node';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { definition } from './fixtures/definition.ts';
import { lockFile, type Run } from './lock.ts';
import { startMesh, type Mesh, type MeshEvent } from './mesh.ts';
import { ROOT } from './paths.ts';
import { anyFreeBasePort } from './ports.ts';
import { birthOf, isAlive } from './process-table.ts';
import { PACE } from './supervise.ts';

// Whole engines start here, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const processes = [definition('customer', 10), definition('sales', 20)];
const pace = { ...PACE, firstMs: 50 };
const newFolder = () => mkdtempSync(join(tmpdir(), 'pelagic-mesh-'));

describe('a running mesh', () => {
  let mesh: Mesh;
  const dataDir = newFolder();
  const events: MeshEvent[] = [];
  beforeAll(async () => {
    const report = (event: MeshEvent) => void events.push(event);
    mesh = await startMesh({
      dataDir,
      basePort: await anyFreeBasePort(),
      processes,
      pace,
      report,
      env: { sales: { EXTRA: '1' } },
    });
  });
  afterAll(async () => {
    await mesh.stop();
    rmSync(dataDir, { recursive: true });
  });

  const environmentInside = async (name: string) =>
    (await (await fetch(`${mesh.adminUrl(name)}/readyz`)).json()) as Record<string, string>;

  it('gives each process its own way to the database and the bus', async () => {
    const customer = await environmentInside('customer');
    const client = new pg.Client({ connectionString: customer['DATABASE_URL'] ?? '' });
    await client.connect();
    expect((await client.query('select current_user, current_database()')).rows[0]).toEqual({
      current_user: 'customer',
      current_database: 'customer',
    });
    await client.end();
    const bus = await connect({
      servers: customer['NATS_URL'] ?? '',
      user: customer['NATS_USER'] ?? '',
      pass: customer['NATS_PASSWORD'] ?? '',
      inboxPrefix: '_INBOX_customer',
    });
    await bus.close();
    expect(existsSync(customer['FILES_DIR'] ?? '')).toBe(true);
    expect(customer['SALES_ADDRESS']).toBe(mesh.address('sales'));
    expect((await environmentInside('sales'))['EXTRA']).toBe('1');
  });

  it('lets nobody but identity have the signing key, and everybody check what it signs', async () => {
    const customer = await environmentInside('customer');
    expect(Object.keys(customer)).not.toContain('SIGNING_KEY');
    const key = mesh.around.secrets.signingKey as JWK;
    const token = await new SignJWT({})
      .setProtectedHeader({ alg: 'EdDSA', kid: key.kid ?? '' })
      .sign(await importJWK(key));
    const known = JSON.parse(customer['TOKEN_KEYS'] ?? '') as JSONWebKeySet;
    expect(JSON.stringify(known)).not.toContain('"d"');
    await jwtVerify(token, createLocalJWKSet(known));
    expect(statSync(join(dataDir, 'secrets.json')).mode & 0o777).toBe(0o600);
  });

  it('brings back what is killed, engines too', async () => {
    for (const name of ['customer', 'postgres', 'nats']) {
      const before = mesh.pid(name);
      mesh.kill(name, 'SIGKILL');
      const back = () => events.some((event) => event.kind === 'ready' && event.name === name && event.again);
      await expect.poll(back, { timeout: 30_000 }).toBe(true);
      expect(mesh.pid(name)).not.toBe(before);
    }
  });

  it('halts a process until it is told to restart, with another environment if asked', async () => {
    await mesh.halt('sales');
    expect(mesh.pid('sales')).toBeUndefined();
    await mesh.restart('sales', { EXTRA: '2' });
    expect((await environmentInside('sales'))['EXTRA']).toBe('2');
  });

  it('refuses a second run in the same folder', async () => {
    await expect(startMesh({ dataDir, basePort: mesh.around.basePort, processes })).rejects.toThrow(
      'already running here',
    );
  });
});

describe('the end of a mesh', () => {
  it('leaves no process and no lock, and keeps the data', async () => {
    const dataDir = newFolder();
    const mesh = await startMesh({ dataDir, basePort: await anyFreeBasePort(), processes });
    const pids = ['customer', 'sales', 'nats', 'postgres'].map((name) => mesh.pid(name) ?? 0);
    expect(pids.map((pid) => birthOf(pid) !== undefined)).toEqual([true, true, true, true]);
    await mesh.stop();
    expect(pids.map(birthOf)).toEqual([undefined, undefined, undefined, undefined]);
    expect(existsSync(lockFile(dataDir))).toBe(false);
    expect(existsSync(join(dataDir, 'postgres', 'PG_VERSION'))).toBe(true);
    rmSync(dataDir, { recursive: true });
  });

  it('comes when the start is given up', async () => {
    const dataDir = newFolder();
    const stopper = new AbortController();
    const report = (event: MeshEvent) => event.kind === 'ready' && event.name === 'postgres' && stopper.abort();
    const basePort = await anyFreeBasePort();
    await expect(startMesh({ dataDir, basePort, processes, report, signal: stopper.signal })).rejects.toThrow();
    expect(existsSync(lockFile(dataDir))).toBe(false);
    expect(existsSync(join(dataDir, 'postgres', 'postmaster.pid'))).toBe(false);
    rmSync(dataDir, { recursive: true });
  });

  it('comes when a process does not start, and the end of its log is shown', async () => {
    const dataDir = newFolder();
    const broken = { ...definition('customer', 10), entry: 'deploy/local/fixtures/absent.ts' };
    const start = startMesh({ dataDir, basePort: await anyFreeBasePort(), processes: [broken], pace });
    await expect(start).rejects.toThrow(/customer ended with code 1:[^]*absent\.ts/);
    expect(existsSync(lockFile(dataDir))).toBe(false);
    rmSync(dataDir, { recursive: true });
  });
});

it('after kill -9 of the supervisor, tame children leave by themselves and the next start ends the others', async () => {
  const dataDir = newFolder();
  const basePort = await anyFreeBasePort();
  const run = spawn(process.execPath, [join(ROOT, 'deploy/local/fixtures/run.ts'), dataDir, String(basePort)]);
  await new Promise<void>((resolve, reject) => {
    run.stdout.once('data', () => resolve());
    run.stderr.on('data', (text) => reject(new Error(String(text))));
  });
  const { children } = JSON.parse(readFileSync(lockFile(dataDir), 'utf8')) as Run;
  const alive = () => Object.keys(children).filter((name) => children[name] && isAlive(children[name]));
  expect(alive().sort()).toEqual(['nats', 'postgres', 'stubborn', 'tame']);
  run.kill('SIGKILL');
  await expect.poll(alive, { timeout: 10_000 }).not.toContain('tame');
  const events: MeshEvent[] = [];
  const mesh = await startMesh({ dataDir, basePort, processes, report: (event) => void events.push(event) });
  expect(alive()).toEqual([]);
  expect(events[0]).toMatchObject({ kind: 'orphans', names: expect.arrayContaining(['stubborn']) });
  await mesh.stop();
  rmSync(dataDir, { recursive: true });
});

it.runIf(process.platform === 'linux')(
  'after kill -9 of the supervisor, the warden ends the engines',
  async () => {
    const dataDir = newFolder();
    const run = spawn(process.execPath, [
      join(ROOT, 'deploy/local/fixtures/run.ts'),
      dataDir,
      String(await anyFreeBasePort()),
    ]);
    await new Promise((resolve) => run.stdout.once('data', resolve));
    const { children } = JSON.parse(readFileSync(lockFile(dataDir), 'utf8')) as Run;
    run.kill('SIGKILL');
    const alive = () => ['postgres', 'nats'].filter((name) => children[name] && isAlive(children[name]));
    expect(alive()).toEqual(['postgres', 'nats']);
    await expect.poll(alive, { timeout: 20_000 }).toEqual([]);
    await expect.poll(() => children['stubborn'] && isAlive(children['stubborn']), { timeout: 30_000 }).toBe(false);
    rmSync(dataDir, { recursive: true });
  },
  40_000,
);
