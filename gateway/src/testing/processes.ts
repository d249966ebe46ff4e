import { spawn, type ChildProcess } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, testBus, testDatabase, type TestBus } from '@pelagic/chassis/testing/engines';
import { exportJWK, generateKeyPair } from 'jose';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const START_MS = 60_000;

export type RealProcesses = {
  url: string;
  bus: TestBus;
  /** One-time link of the first administrator: its token. */
  bootstrapToken: () => Promise<string>;
  /** /readyz, /metrics of the gateway. */
  admin: (path: string) => Promise<Response>;
  /** Ends the gateway as a supervisor would; answers its exit code. */
  endGateway: () => Promise<number | null>;
  stop: () => Promise<void>;
};

const ready = async (port: number, child: ChildProcess): Promise<void> => {
  const untilMs = Date.now() + START_MS;
  while (Date.now() < untilMs && child.exitCode === null) {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${child.spawnargs.at(-1)} did not become ready`);
};

const start = async (entry: string, environment: Record<string, string>): Promise<ChildProcess> => {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', entry], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], LOG_LEVEL: 'warn', ...environment },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  await ready(Number(environment['ADMIN_PORT']), child);
  return child;
};

const end = async (child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> => {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.once('exit', resolve);
  child.kill(signal);
  return promise;
};

/** The gateway and identity as `npm start` runs them: processes of their own, told everything by their environment. */
export const startProcesses = async (): Promise<RealProcesses> => {
  const [database, bus] = await Promise.all([testDatabase('gateway_identity'), testBus()]);
  const files = await mkdtemp(join(tmpdir(), 'pelagic-files-'));
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { extractable: true });
  const [secret, grpc, identityAdmin, port, gatewayAdmin] = [
    randomBytes(16).toString('hex'),
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  const shared = {
    NATS_URL: bus.url,
    NATS_PASSWORD: bus.password,
    PUBLIC_URL: 'http://localhost:7300',
    IDENTITY_ADDRESS: `127.0.0.1:${grpc}`,
  };
  const identity = await start('services/identity/src/main.ts', {
    ...shared,
    NATS_USER: 'identity',
    DATABASE_URL: database.url,
    FILES_DIR: files,
    GRPC_PORT: String(grpc),
    ADMIN_PORT: String(identityAdmin),
    SERVICE_SECRET: secret,
    SERVICE_SECRETS: JSON.stringify({ identity: createHash('sha256').update(secret).digest('hex') }),
    SIGNING_KEY: JSON.stringify({ ...(await exportJWK(privateKey)), alg: 'EdDSA' }),
    TOKEN_KEYS: JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), alg: 'EdDSA' }] }),
  });
  const gateway = await start('gateway/src/main.ts', {
    ...shared,
    NATS_USER: 'gateway',
    PORT: String(port),
    ADMIN_PORT: String(gatewayAdmin),
  });
  return {
    url: `http://127.0.0.1:${port}`,
    bus,
    bootstrapToken: async () => {
      const answer = await fetch(`http://127.0.0.1:${identityAdmin}/bootstrap-link`, {
        method: 'POST',
        headers: { 'x-service-secret': secret },
      });
      return ((await answer.json()) as { url: string }).url.split('#')[1]!;
    },
    admin: (path) => fetch(`http://127.0.0.1:${gatewayAdmin}${path}`),
    endGateway: () => end(gateway, 'SIGTERM'),
    stop: async () => {
      await end(gateway, 'SIGKILL');
      await end(identity, 'SIGKILL');
      await bus.dispose();
      await database.drop();
      await rm(files, { recursive: true, force: true });
    },
  };
};
