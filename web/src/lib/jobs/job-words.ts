import { m } from '#lib/paraglide/messages.js';
import type { Job } from './jobs.svelte.ts';

const KINDS: Record<Job['kind'], () => string> = {
  JOB_KIND_UNSPECIFIED: m.job_kind_other,
  JOB_KIND_IMPORT: m.job_kind_import,
  JOB_KIND_EXPORT: m.job_kind_export,
  JOB_KIND_BULK_EDIT: m.job_kind_bulk_edit,
  JOB_KIND_TRANSFER: m.job_kind_transfer,
};

const STATES: Record<Job['state'], () => string> = {
  JOB_STATE_UNSPECIFIED: m.job_state_queued,
  JOB_STATE_QUEUED: m.job_state_queued,
  JOB_STATE_RUNNING: m.job_state_running,
  JOB_STATE_DONE: m.job_state_done,
  JOB_STATE_CANCELLED: m.job_state_cancelled,
  JOB_STATE_FAILED: m.job_state_failed,
};

export const jobKind = (job: Job): string => KINDS[job.kind]();
export const jobState = (job: Job): string => STATES[job.state]();

/** Where the result of a job is fetched from: the gateway's download route. */
export function resultPath(job: Job): string | undefined {
  return job.resultFileId && `/v1/${job.service}/files/${job.resultFileId}`;
}
