import { PgBoss, type Job, type QueueOptions } from 'pg-boss';
import { sql } from 'kysely';
import type { Tx } from './database.ts';
import type { Log } from './log.ts';
import type { Part } from './service.ts';

export type Work<T> = {
  queue: string;
  run: (data: T, signal: AbortSignal) => Promise<void>;
  options?: QueueOptions;
  /** Cron, in the enterprise's zone. */
  schedule?: string;
  /** At the same time in one process; 1 when absent. */
  concurrency?: number;
};

export type Queue = Part & {
  /** Puts work on a queue in the transaction: it begins after the commit or never. `key` keeps one per key waiting. */
  send: (tx: Tx, queue: string, data: object, options?: { key?: string; startAfter?: Date }) => Promise<void>;
};

/** Long work must show a sign of life this often; a worker that died is noticed after it. */
const HEARTBEAT_S = 10;

/** Jobs on pg-boss, in the service's own database. Work must be resumable: it is run again when its process dies. */
export const openQueue = ({ url, log, works }: { url: string; log: Log; works: () => Work<any>[] }): Queue => {
  const boss = new PgBoss({
    connectionString: url,
    schema: 'queue',
    max: 3,
    superviseIntervalSeconds: 5,
    monitorIntervalSeconds: 5,
  } as ConstructorParameters<typeof PgBoss>[0]);
  boss.on('error', (error) => log.warn({ err: error }, 'queue'));
  const run = async (work: Work<unknown>, jobs: Job<unknown>[]) => {
    for (const job of jobs) {
      try {
        await work.run(job.data, job.signal);
      } catch (error) {
        log.error({ err: error, queue: work.queue }, 'job failed');
        throw error;
      }
    }
  };
  return {
    name: 'queue',
    start: async () => {
      await boss.start();
      for (const work of works()) {
        await boss.createQueue(work.queue, {
          retryLimit: 20,
          retryDelay: 2,
          heartbeatSeconds: HEARTBEAT_S,
          expireInSeconds: 3_600,
          ...work.options,
        });
        await boss.work(
          work.queue,
          { pollingIntervalSeconds: 1, heartbeatRefreshSeconds: 3, localConcurrency: work.concurrency ?? 1 },
          (jobs) => run(work, jobs),
        );
        if (work.schedule) await boss.schedule(work.queue, work.schedule, {});
      }
    },
    stop: () => boss.stop({ graceful: true, timeout: 5_000 }),
    send: async (tx, queue, data, { key, startAfter } = {}) => {
      const db = {
        executeSql: async (text: string, values: unknown[] = []) => {
          // pg-boss numbers its parameters ($1); the transaction's connection takes the same text.
          const query = { ...sql.raw(text).compile(tx.sql), parameters: values };
          const { rows } = await tx.sql.executeQuery(query);
          return { rows };
        },
      };
      await boss.send(queue, data, { db, ...(key && { singletonKey: key }), ...(startAfter && { startAfter }) });
    },
  };
};
