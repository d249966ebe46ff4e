import type { JobKind } from '@pelagic/proto/crm/capability/v1/job';
import type { Reason } from '@pelagic/proto/reason';
import type { Database } from '@pelagic/chassis/database';
import { runIn } from '@pelagic/chassis/context';
import type { Caller } from '@pelagic/chassis/caller';
import type { Identity } from '@pelagic/chassis/identify';
import { Problem } from '@pelagic/chassis/problem';
import type { Work } from '@pelagic/chassis/queue';
import { sql } from 'kysely';
import { changeJob, hasEnded, JOB_QUEUE, readJob, type JobRow } from './job.ts';
import { openWatch, type Watch } from './watch.ts';

/** Errors that are nobody's decision (a bug, a connection) end a job only when they keep coming. */
const ATTEMPTS_MAX = 5;
/** A job whose worker dies this often kills its workers. */
const DEATHS_MAX = 50;
/** A unit of a job's work, such as a batch, may take this long. */
const UNIT_MS = 60_000;

/** How a kind of job goes on, from where it stands. Returns when nothing is left to do or it was cancelled. */
export type RunKind = {
  permission: (job: JobRow<any>) => string;
  run: (job: JobRow<any>, watch: Watch) => Promise<void>;
};

type Options = { database: Database; identity: Identity; kinds: Partial<Record<JobKind, RunKind>> };

/** Runs a unit of work as the person may act now. */
export const asCaller = <T>(caller: Caller, work: () => Promise<T>): Promise<T> =>
  runIn({ caller, deadline: Date.now() + UNIT_MS }, work);

const end = (database: Database, id: string, change: Parameters<typeof changeJob>[2]) =>
  database.transact(async (tx) => {
    const job = (await sql<JobRow>`select * from job where id = ${id}::uuid for update`.execute(tx.sql)).rows[0];
    if (job && !hasEnded(job)) await changeJob(tx.sql, id, { ...change, end_time: new Date() });
  });

const fail = (database: Database, id: string, { reason, message }: { reason: Reason; message: string }) =>
  end(database, id, { state: 'JOB_STATE_FAILED', problem_reason: reason, problem: message });

const begin = async (database: Database, id: string): Promise<JobRow | undefined> => {
  const { rows } = await sql<JobRow>`
    update job set attempts = attempts + 1, version = version + 1, state = 'JOB_STATE_RUNNING', start_time = coalesce(start_time, now())
    where id = ${id}::uuid and state in ('JOB_STATE_QUEUED', 'JOB_STATE_RUNNING') returning *`.execute(database.sql);
  return rows[0];
};

/** A problem that was decided, not one that happened. */
const decided = (error: unknown): error is Problem =>
  error instanceof Problem && !error.passing && error.code !== 'INTERNAL';

const runJob = async ({ database, identity, kinds }: Options, id: string, signal: AbortSignal): Promise<void> => {
  const queued = await readJob(database.sql, id);
  if (!queued || hasEnded(queued)) return;
  const kind = kinds[queued.kind];
  if (!kind) return fail(database, id, { reason: 'UNKNOWN_JOB', message: 'This service has no such jobs any more.' });
  let watch: Watch | undefined;
  try {
    watch = await openWatch({ database, identity, job: queued, permission: kind.permission(queued), signal });
    const job = await begin(database, id);
    if (!job) return;
    if (job.attempts > DEATHS_MAX)
      return await fail(database, id, { reason: 'JOB_GAVE_UP', message: 'The job broke off again and again.' });
    if (!watch.cancelled()) await kind.run(job, watch);
    await end(database, id, { state: watch.cancelled() ? 'JOB_STATE_CANCELLED' : 'JOB_STATE_DONE' });
  } catch (error) {
    const tries = (await readJob(database.sql, id))?.attempts ?? 0;
    if (decided(error)) return await fail(database, id, error);
    if (!(error instanceof Problem && error.passing) && tries >= ATTEMPTS_MAX)
      await fail(database, id, { reason: 'INTERNAL', message: 'Something went wrong on our side.' });
    throw error;
  } finally {
    await watch?.close();
  }
};

/** The worker of a service's jobs. When it dies, another one goes on where the last transaction ended. */
export const jobWork = (options: Options): Work<{ id: string }> => ({
  queue: JOB_QUEUE,
  run: ({ id }, signal) => runJob(options, id, signal),
  concurrency: 3,
  options: { retryLimit: 10_000, retryDelay: 2, expireInSeconds: 20 * 3_600 },
});
