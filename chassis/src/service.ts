import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { register } from 'prom-client';
import { PROCESS_SETTINGS, readConfig } from './config.ts';
import type { Log } from './log.ts';
import { Problem, type Code } from './problem.ts';

/** Anything with a beginning and an end. `healthy` says whether it can serve now; absent means always. */
export type Part = {
  name: string;
  start: () => Promise<unknown>;
  stop: () => Promise<unknown>;
  healthy?: () => boolean | Promise<boolean>;
  /** Its start makes or changes tables: with `--migrate` a process starts these parts and no other, stops them and ends. */
  migrates?: boolean;
  /** Called at SIGTERM before anything stops, so that callers move elsewhere first. */
  drain?: () => void;
};

export type RunningService = { stop: () => Promise<void>; adminPort: number };

type Options = {
  log: Log;
  /** HTTP port of /livez, /readyz and /metrics; 0 takes a free one. */
  adminPort?: number;
  /** Wait between "not ready" and the first stop, for load balancers to notice. */
  drainMs?: number;
  /** Longest a part may take to stop. */
  graceMs?: number;
  /** More paths of the admin port: POST path → answer as JSON. */
  commands?: Record<string, Command>;
  migrateOnly?: boolean;
};

export type Command = (headers: Record<string, unknown>) => Promise<unknown>;

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Commands for who has the service's secret, in the header `x-service-secret`: reaching the port is not enough. */
export const behindSecret = (secret: string, commands: Record<string, Command>): Record<string, Command> =>
  Object.fromEntries(
    Object.entries(commands).map(([path, command]) => [
      path,
      async (headers) => {
        if (!secret || !timingSafeEqual(digest(String(headers['x-service-secret'] ?? '')), digest(secret)))
          throw new Problem('UNAUTHENTICATED', 'SERVICE_REFUSED', 'This service could not prove itself.');
        return command(headers);
      },
    ]),
  );

const within = (ms: number, work: Promise<unknown>): Promise<unknown> => {
  let timer: NodeJS.Timeout;
  return Promise.race([
    work,
    new Promise((_, reject) => (timer = setTimeout(() => reject(new Error(`took longer than ${ms} ms`)), ms))),
  ]).finally(() => clearTimeout(timer));
};

/** How a refused command looks on the admin port. */
const COMMAND_STATUS: Partial<Record<Code, number>> = {
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  UNAVAILABLE: 503,
};

const adminServer = (state: { ready: () => Promise<boolean> }, commands: NonNullable<Options['commands']>, log: Log) =>
  createServer((request, response) => {
    const answer = (status: number, body: string, type = 'text/plain') =>
      response.writeHead(status, { 'content-type': type }).end(body);
    const command = request.method === 'POST' ? commands[request.url ?? ''] : undefined;
    const work = async () => {
      if (command) return answer(200, JSON.stringify(await command(request.headers)), 'application/json');
      if (request.url === '/livez') return answer(200, 'ok');
      if (request.url === '/readyz') return (await state.ready()) ? answer(200, 'ok') : answer(503, 'not ready');
      if (request.url === '/metrics') return answer(200, await register.metrics(), register.contentType);
      return answer(404, 'not found');
    };
    work().catch((error: unknown) => {
      if (error instanceof Problem) return answer(COMMAND_STATUS[error.code] ?? 400, error.message);
      log.error({ err: error, url: request.url }, 'admin request failed');
      return answer(500, 'failed');
    });
  });

/** Starts the parts in order and stops them in reverse, at SIGTERM, SIGINT or when a supervisor's pipe closes. */
export const runService = async (name: string, all: Part[], options: Options): Promise<RunningService> => {
  const { log, adminPort = 0, drainMs = 0, graceMs = 10_000, commands = {} } = options;
  const migrates = process.argv.includes('--migrate');
  const { migrateOnly = migrates } = options;
  const parts = migrateOnly ? all.filter((part) => part.migrates) : all;
  const started: Part[] = [];
  let stopping: Promise<void> | undefined;
  const ready = async () =>
    !stopping &&
    started.length === parts.length &&
    (await Promise.all(parts.map((part) => part.healthy?.() ?? true))).every(Boolean);
  const admin = adminServer({ ready }, commands, log);
  await new Promise<void>((resolve, reject) => admin.once('error', reject).listen(adminPort, '0.0.0.0', resolve));

  const stopAll = async () => {
    for (const part of started) part.drain?.();
    if (drainMs && !migrateOnly) await new Promise((resolve) => setTimeout(resolve, drainMs));
    for (const part of started.toReversed())
      await within(graceMs, part.stop()).catch((error: unknown) =>
        log.error({ err: error, part: part.name }, 'stop failed'),
      );
    admin.closeAllConnections();
    await new Promise((resolve) => admin.close(resolve));
    log.info('stopped');
  };
  const stop = () => (stopping ??= stopAll());

  const leave = (signal: string) => {
    log.info({ signal }, 'stopping');
    void stop().then(() => process.exit(0));
  };
  process.once('SIGTERM', () => leave('SIGTERM')).once('SIGINT', () => leave('SIGINT'));
  // A supervisor that dies by kill -9 cannot say so; its end of the pipe closes.
  if (readConfig(PROCESS_SETTINGS).PELAGIC_SUPERVISED === '1')
    process.stdin.resume().once('end', () => leave('supervisor gone'));

  try {
    for (const part of parts) {
      await part.start();
      started.push(part);
      log.debug({ part: part.name }, 'started');
    }
  } catch (error) {
    log.fatal({ err: error }, `${name} could not start`);
    await stop();
    throw error;
  }
  log.info({ parts: parts.map((part) => part.name) }, migrateOnly ? `${name} has its tables` : `${name} is up`);
  const { port } = admin.address() as { port: number };
  if (migrateOnly) await stop();
  // What the other parts hold, though they never began, would keep it for minutes.
  if (migrates) process.exit(0);
  return { stop, adminPort: port };
};
