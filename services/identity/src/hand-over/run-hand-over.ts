import { setTimeout as sleep } from 'node:timers/promises';
import { changeJob, type JobRow } from '@pelagic/capabilities/job/job';
import { writeRows, type DoneRow } from '@pelagic/capabilities/job/job-rows';
import type { RunKind } from '@pelagic/capabilities/job/run-job';
import type { Watch } from '@pelagic/capabilities/job/watch';
import type { Reason } from '@pelagic/proto/reason';
import type { Connected } from '@pelagic/chassis/client';
import type { Database } from '@pelagic/chassis/database';
import { Problem } from '@pelagic/chassis/problem';
import { JobServiceService, type Job } from '@pelagic/proto/crm/capability/v1/job';
import type { HandOver } from './hand-over.ts';

/** The jobs of the services whose records have owners, by name of the service. */
export type Owners = Map<string, Connected<JobServiceService>>;

type Part = { service: string; noun: string; jobs: Connected<JobServiceService>; id: string };
type Refusal = { noun: string; count: number; problem: Problem };

const LOOK_EVERY_MS = 300;
const PAGE = 200;
const ENDED = new Set(['JOB_STATE_DONE', 'JOB_STATE_CANCELLED', 'JOB_STATE_FAILED']);

/** Starts a transfer of each noun; the same ones when it is run again, since each is known by this job and its noun. */
const startParts = async (
  owners: Owners,
  job: JobRow<HandOver>,
  watch: Watch,
): Promise<{ parts: Part[]; refusals: Refusal[] }> => {
  const { employeeId: fromEmployeeId, successorId: toEmployeeId, reason } = job.settings;
  const parts: Part[] = [];
  const refusals: Refusal[] = [];
  for (const [service, jobs] of owners) {
    const { owned } = await jobs.countOwned({ service, employeeId: fromEmployeeId }, { token: watch.caller().token });
    for (const { noun, count } of owned) {
      const requestId = `${job.id}/${noun}`;
      try {
        const request = { service, noun, fromEmployeeId, toEmployeeId, reason, requestId };
        const started = await jobs.startTransfer(request, { token: watch.caller().token });
        parts.push({ service, noun, jobs, id: started.job!.id });
      } catch (error) {
        if (!(error instanceof Problem) || error.passing || error.code === 'INTERNAL') throw error;
        if (error.reason !== 'NOTHING_SELECTED') refusals.push({ noun, count, problem: error });
      }
    }
  }
  return { parts, refusals };
};

const progressOf = (jobs: Job[], refusals: Refusal[]) => {
  const refused = refusals.reduce((all, { count }) => all + count, 0);
  const sum = (key: 'total' | 'processed' | 'updated' | 'skipped' | 'failed') =>
    jobs.reduce((all, job) => all + job[key], 0);
  return {
    total: sum('total') + refused,
    processed: sum('processed') + refused,
    updated: sum('updated'),
    skipped: sum('skipped'),
    failed: sum('failed') + refused,
  };
};

/** What could not be handed over, with its reasons, of all services in one list; `field` says of which noun it is. */
const collectFailures = async (parts: Part[], refusals: Refusal[], watch: Watch): Promise<DoneRow[]> => {
  const rows: Omit<DoneRow, 'row'>[] = refusals.map(({ noun, problem: { reason, message, params } }) => ({
    outcome: 'failed',
    errors: [{ field: noun, reason, message, params }],
  }));
  for (const { service, noun, jobs, id } of parts) {
    let pageToken = '';
    do {
      const asked = { service, id, pageSize: PAGE, pageToken, outcome: 'failed' };
      const page = await jobs.listJobResults(asked, { token: watch.caller().token });
      rows.push(
        ...page.results.map(({ recordId, errors }) => ({
          outcome: 'failed' as const,
          recordId,
          errors: errors.map((error) => ({ ...error, reason: error.reason as Reason, field: noun })),
        })),
      );
      pageToken = page.nextPageToken;
    } while (pageToken);
  }
  return rows.map((row, index) => ({ ...row, row: index + 1 }));
};

/** Everything that a person owns, in every service, to another: transfers of all nouns as one job. */
export const handOverKind = (database: Database, owners: Owners): RunKind => ({
  permission: () => 'employee.manage',
  run: async (job: JobRow<HandOver>, watch) => {
    const { parts, refusals } = await startParts(owners, job, watch);
    const ask = <T>(call: (part: Part, options: { token: string }) => Promise<T>): Promise<T[]> =>
      Promise.all(parts.map((part) => call(part, { token: watch.caller().token })));
    let told = '';
    for (;;) {
      if (watch.cancelled()) await ask(({ service, jobs, id }, options) => jobs.cancelJob({ service, id }, options));
      const answers = await ask(({ service, jobs, id }, options) => jobs.getJob({ service, id }, options));
      const states = answers.map(({ job: part }) => part!);
      const progress = progressOf(states, refusals);
      if (told !== (told = JSON.stringify(progress))) await changeJob(database.sql, job.id, progress);
      if (states.every(({ state }) => ENDED.has(state))) {
        const failed = states.find(({ state }) => state === 'JOB_STATE_FAILED');
        if (failed) throw new Problem('FAILED_PRECONDITION', failed.problemReason as Reason, failed.problem);
        break;
      }
      await sleep(LOOK_EVERY_MS);
    }
    const failures = await collectFailures(parts, refusals, watch);
    await database.transact((tx) => writeRows(tx, job.id, failures));
  },
});
