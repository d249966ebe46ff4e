import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { Failure } from './failure.ts';
import { listenerOn } from './process-table.ts';

export const LOOPBACK = '127.0.0.1';
export const DEFAULT_BASE_PORT = 7300;
/** One copy of Pelagic stays within this many ports above its base. */
export const PORT_SPAN = 100;

/** Reads PELAGIC_PORT: the public port, and the first of the hundred that one copy uses. */
export function basePortFrom(text: string | undefined): number {
  if (!text) return DEFAULT_BASE_PORT;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1024 || port > 65535 - PORT_SPAN) {
    throw new Failure(
      `PELAGIC_PORT is "${text}".`,
      `Give a whole number from 1024 to ${65535 - PORT_SPAN}, for example PELAGIC_PORT=7400.`,
    );
  }
  return port;
}

/** Fails with the name of the holder when one of the ports is taken. `ports`: what it is for, by port. */
export async function assertPortsFree(ports: Map<number, string>): Promise<void> {
  for (const [port, purpose] of ports) {
    if (await isFree(port)) continue;
    const holder = listenerOn(port);
    const by = holder ? `by process ${holder.pid} (${holder.command.slice(0, 100)})` : 'by another program';
    const base = await freeBasePort(ports);
    throw new Failure(
      `Port ${port} (${purpose}) is taken ${by}.`,
      `Stop that program, or move this copy to other ports: PELAGIC_PORT=${base} npm start`,
    );
  }
}

export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: LOOPBACK, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** A free port chosen by the system. Another program may take it before it is used: for tests. */
export function anyFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port: 0, host: LOOPBACK }, () => {
      const address = server.address();
      server.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

/** A base port whose whole span is free at this moment: for tests that bring up a copy of their own, each worker in a range of its own. */
export async function anyFreeBasePort(): Promise<number> {
  const worker = Number(process.env['VITEST_POOL_ID'] ?? 0) % 4;
  for (let attempt = 0; attempt < 100; attempt++) {
    const base = 10_000 + PORT_SPAN * (worker * 55 + randomInt(55)); // below the ports that systems hand out by themselves
    const span = Array.from({ length: PORT_SPAN }, (_, offset) => base + offset);
    if ((await Promise.all(span.map(isFree))).every(Boolean)) return base;
  }
  throw new Error('no free span of ports');
}

async function freeBasePort(ports: Map<number, string>): Promise<number> {
  const lowest = Math.min(...ports.keys());
  for (let base = lowest + PORT_SPAN; base < 65535 - PORT_SPAN; base += PORT_SPAN) {
    const moved = [...ports.keys()].map((port) => port - lowest + base);
    if ((await Promise.all(moved.map(isFree))).every(Boolean)) return base;
  }
  return DEFAULT_BASE_PORT;
}
