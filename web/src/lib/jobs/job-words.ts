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

/** What a job did with its rows, in the words of what was asked for. */
interface Deed {
  title: () => string;
  count: (inputs: { count: string }) => string;
  outcome: () => string;
}

const BULK: Record<string, Deed> = {
  update: { title: m.job_kind_bulk_edit, count: m.job_updated, outcome: m.job_outcome_updated },
  tag: { title: m.job_kind_bulk_tag, count: m.job_updated, outcome: m.job_outcome_updated },
  assign: { title: m.job_kind_bulk_assign, count: m.job_assigned, outcome: m.job_outcome_assigned },
  delete: { title: m.job_kind_bulk_delete, count: m.job_deleted, outcome: m.job_outcome_deleted },
  undelete: { title: m.job_kind_bulk_restore, count: m.job_restored, outcome: m.job_outcome_restored },
};

function deedOf({ kind, action }: Job): Deed {
  const title = KINDS[kind];
  const handsOver = kind === 'JOB_KIND_TRANSFER' || kind === 'JOB_KIND_HAND_OVER';
  if (handsOver) return { title, count: m.job_handed_over, outcome: m.job_outcome_handed_over };
  return BULK[action] ?? { title, count: m.job_updated, outcome: m.job_outcome_updated };
}

export const jobKind = (job: Job): string => deedOf(job).title();
/** Of the rows that it changed. */
export const jobChanged = (job: Job, count: string): string => deedOf(job).count({ count });
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
  skipped: m.job_outcome_skipped,
  failed: m.job_outcome_failed,
};

export function rowOutcome(job: Job, outcome: string): string {
  return outcome === 'updated' ? deedOf(job).outcome() : (OUTCOMES[outcome]?.() ?? outcome);
}

/** Where the result of a job is fetched from: the gateway's download route. */
export function resultPath(job: Job): string | undefined {
  return job.resultFileId && `/v1/${job.service}/files/${job.resultFileId}`;
}
