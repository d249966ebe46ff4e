import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { RECORD_SERVICES, SERVICES } from '../../deploy/local/processes.ts';
import type { House } from './house.ts';

const DRAIN_MAX_MS = 600_000;

const metric = async (url: string, name: string): Promise<number> => {
  const text = await (await fetch(`${url}/metrics`)).text();
  const values = text.split('\n').filter((line) => line.startsWith(name) && !line.startsWith('#'));
  return values.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
};

/** Seconds until everything that was written is told, projected and counted: relay, consumers and ingest. */
export const drained = async ({ mesh }: House): Promise<number> => {
  const began = performance.now();
  const clients = SERVICES.map((service) => new pg.Client({ connectionString: mesh.databaseUrl(service) }));
  await Promise.all(clients.map((client) => client.connect()));
  try {
    for (;;) {
      const waiting = await Promise.all(
        clients.map((client) => client.query('select from outbox where published_time is null limit 1')),
      );
      const behind = await Promise.all([
        ...RECORD_SERVICES.map((service) => metric(mesh.adminUrl(service), 'inbox_pending')),
        metric(mesh.adminUrl('analytics'), 'ingest_pending'),
      ]);
      if (waiting.every(({ rowCount }) => !rowCount) && behind.every((count) => count === 0))
        return (performance.now() - began) / 1_000;
      if (performance.now() - began > DRAIN_MAX_MS) throw new Error(`not drained: ${behind.join()}`);
      await sleep(50);
    }
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
};
