import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

/** Real engines for tests. The root's test/global-setup.ts starts PostgreSQL once and finds nats-server. */

const needed = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run tests from the root, whose global set-up starts the engines.`);
  return value;
};

export type TestDatabase = { url: string; drop: () => Promise<void> };

/** An empty database of its own for a test file. */
export const testDatabase = async (name: string): Promise<TestDatabase> => {
  const server = needed('TEST_DATABASE_URL');
  const database = `t_${name.replace(/\W/g, '_').toLowerCase()}_${process.pid}_${Date.now().toString(36)}`;
  const run = async (statement: string) => {
    const client = new pg.Client({ connectionString: server });
    await client.connect();
    await client.query(statement).finally(() => client.end());
  };
  await run(`create database ${database}`);
  const url = new URL(server);
  url.pathname = `/${database}`;
  const gone = `drop database if exists ${database}`;
  // PostgreSQL waits for connections that are being closed: one that is cut meanwhile raises an error that nobody hears.
  return { url: url.href, drop: () => run(gone).catch(() => run(`${gone} with (force)`)) };
};

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject).listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

export type TestBus = {
  url: string;
  user: string;
  password: string;
  stop: () => Promise<void>;
  start: () => Promise<void>;
  kill: () => Promise<void>;
  dispose: () => Promise<void>;
};

/** A nats-server of its own with JetStream in a folder of its own; it may be stopped, killed and started again. */
export const testBus = async (): Promise<TestBus> => {
  const binary = needed('TEST_NATS_SERVER');
  const folder = await mkdtemp(join(tmpdir(), 'pelagic-nats-'));
  const port = await freePort();
  await writeFile(
    join(folder, 'nats.conf'),
    `host: 127.0.0.1\nport: ${port}\nmax_payload: 8MB\njetstream { store_dir: "${folder}/store", sync_interval: always }\n`,
  );
  let child: ChildProcess | undefined;
  const start = async () => {
    child = spawn(binary, ['-c', join(folder, 'nats.conf')], { stdio: 'ignore' });
    for (let tries = 0; tries < 200; tries += 1) {
      if (await answers(port)) return;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error('nats-server did not start');
  };
  const end = async (signal: NodeJS.Signals) => {
    const running = child;
    if (!running || running.exitCode !== null) return;
    const gone = new Promise((resolve) => running.once('exit', resolve));
    running.kill(signal);
    await gone;
  };
  await start();
  return {
    url: `nats://127.0.0.1:${port}`,
    user: 'test',
    password: 'test',
    start,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    dispose: async () => {
      await end('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
};

const answers = async (port: number): Promise<boolean> => {
  const { connect } = await import('node:net');
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
};
