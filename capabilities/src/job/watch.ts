import { authorize } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import type { Database } from '@pelagic/chassis/database';
import type { Identity } from '@pelagic/chassis/identify';
import { leaseOn } from '@pelagic/chassis/lease';
import { asProblem, Problem } from '@pelagic/chassis/problem';
import { isCancelled, type JobRow } from './job.ts';

/** The person is asked for again this often; with the time of the answer that is well within five seconds. */
const RENEW_MS = 1_500;
/** Without an answer nothing more is done on their behalf after this. */
const TRUSTED_MS = 4_500;
/** Others wait this long for a worker that died. */
const LEASE_MS = 10_000;

/** Looks after a running job: that nobody else runs it, whether its person may still act, whether it shall stop. */
export type Watch = {
  /** As the person may act now. Throws once they may not (CALLER_GONE), or when nobody could tell for too long. */
  caller: () => Caller;
  cancelled: () => boolean;
  /** Lets others have the job. */
  close: () => Promise<void>;
};

const gone = (cause?: unknown) =>
  new Problem('PERMISSION_DENIED', 'CALLER_GONE', 'The person who started this may no longer act.', { cause });
const later = (message: string, cause?: unknown) => new Problem('UNAVAILABLE', 'JOB_WAITS', message, { cause });

/** Identity said no; anything else may be otherwise in a moment. */
const saidNo = ({ code }: Problem): boolean =>
  ['PERMISSION_DENIED', 'UNAUTHENTICATED', 'FAILED_PRECONDITION', 'NOT_FOUND'].includes(code);

type Options = {
  database: Database;
  identity: Identity;
  job: JobRow;
  /** What the person must still be allowed. */
  permission: string;
  signal: AbortSignal;
};

/** Throws UNAVAILABLE when another worker has the job, CALLER_GONE when its person is out. */
export const openWatch = async ({ database, identity, job, permission, signal }: Options): Promise<Watch> => {
  const lease = leaseOn(database.sql, `job:${job.id}`, LEASE_MS);
  if ((await lease.hold()) === undefined) throw later('Another worker has this job.');
  let caller: Caller | undefined;
  let trustedUntil = 0;
  let problem: Problem | undefined;
  let cancelled = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  const renew = async () => {
    const asked = performance.now();
    try {
      const fresh = await identity.identify(await identity.jobToken(job.creator_id, job.session_id));
      authorize(fresh, permission);
      caller = fresh;
      trustedUntil = asked + TRUSTED_MS;
    } catch (error) {
      const said = asProblem(error);
      if (said.reason === 'PERMISSION_DENIED' && said.params['permission'] === permission) problem = said;
      else if (saidNo(said)) problem = gone(said);
    }
  };
  const look = async () => {
    cancelled ||= await isCancelled(database.sql, job.id);
    if ((await lease.hold()) === undefined) problem ??= later('Another worker took this job over.');
  };
  const tick = () => {
    running = Promise.all([renew(), look().catch(() => {})]).then(() => {
      if (timer) timer = setTimeout(tick, RENEW_MS).unref();
    });
  };
  const close = async () => {
    clearTimeout(timer);
    timer = undefined;
    await running;
    await lease.release();
  };

  await renew();
  await look();
  timer = setTimeout(tick, RENEW_MS).unref();
  return {
    caller: () => {
      if (problem) throw problem;
      if (signal.aborted) throw later('The process stops.');
      if (!caller || performance.now() > trustedUntil)
        throw later('Identity cannot be asked whether the person may still act.');
      return caller;
    },
    cancelled: () => cancelled,
    close,
  };
};
