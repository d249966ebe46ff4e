import { m } from '#lib/paraglide/messages.js';
import type { Job } from './jobs.svelte.ts';

const KINDS: Record<Job['kind'], () => string> = {
  JOB_KIND_UNSPECIFIED: m.job_kind_other,
  JOB_KIND_IMPORT: m.job_kind_import,
  JOB_KIND_EXPORT: m.job_kind_export,
  JOB_KIND_BULK_EDIT: m.job_kind_bulk_edit,
  JOB_KIND_TRANSFER: m.job_kind_transfer,
  JOB_KIND_HAND_OVER: m.job_kind_hand_over,
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

const PROBLEMS: Record<string, () => string> = {
  JOB_GAVE_UP: m.job_gave_up,
  UNKNOWN_JOB: m.job_unknown,
  CALLER_GONE: m.job_person_gone,
  PERMISSION_DENIED: m.job_no_permission,
  INTERNAL: m.job_broke,
  NOT_FOUND: m.job_file_gone,
};

/** Why a job did not come to its end; what has no words here is said by the service. */
export const jobProblem = ({ problem, problemReason }: Job): string => PROBLEMS[problemReason]?.() ?? problem;

const OUTCOMES: Record<string, () => string> = {
  created: m.job_outcome_created,
  updated: m.job_outcome_updated,
  skipped: m.job_outcome_skipped,
  failed: m.job_outcome_failed,
};

export const rowOutcome = (outcome: string): string => OUTCOMES[outcome]?.() ?? outcome;

/** Where the result of a job is fetched from: the gateway's download route. */
export function resultPath(job: Job): string | undefined {
  return job.resultFileId && `/v1/${job.service}/files/${job.resultFileId}`;
}
