import type { Job, JobKind, JobState } from '@pelagic/proto/crm/capability/v1/job';
import { languageOf } from '@pelagic/proto/language';
import { inChinese } from '@pelagic/proto/reason';
import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import { uuidv7 } from '@pelagic/chassis/outbox';
import type { Queue } from '@pelagic/chassis/queue';
import { sql, type Kysely } from 'kysely';
import { isoTime } from '../record/mapping.ts';

export type JobRow<S = unknown> = {
  id: string;
  version: number;
  kind: JobKind;
  noun: string;
  state: JobState;
  settings: S;
  total: number;
  processed: number;
  created: number;
  updated: number;
  skipped: number;
  failed: number;
  position: number;
  round: number;
  attempts: number;
  source_file_name: string;
  result_file_id: string | null;
  result_file_name: string;
  result_sha256: string;
  creator_id: string;
  session_id: string;
  locale: string;
  problem_reason: string;
  problem: string;
  create_time: string;
  start_time: string | null;
  end_time: string | null;
};

export const JOB_QUEUE = 'job';

const ENDED = new Set<JobState>(['JOB_STATE_DONE', 'JOB_STATE_CANCELLED', 'JOB_STATE_FAILED']);

export const hasEnded = ({ state }: JobRow): boolean => ENDED.has(state);

/** Why it failed, in the language of whose job it is. */
const sayProblem = ({ problem_reason, problem, locale }: JobRow): string =>
  (languageOf(locale) === 'zh' ? inChinese(problem_reason, {}) : undefined) ?? problem;

const actionOf = ({ kind, settings }: JobRow): string =>
  kind === 'JOB_KIND_BULK_EDIT' ? (settings as { action: string }).action : '';

export const jobMessage = (service: string, row: JobRow): Job => ({
  id: row.id,
  service,
  kind: row.kind,
  noun: row.noun,
  state: row.state,
  total: row.total,
  processed: row.processed,
  created: row.created,
  updated: row.updated,
  skipped: row.skipped,
  failed: row.failed,
  ...(row.result_file_id && { resultFileId: row.result_file_id }),
  resultFileName: row.result_file_name,
  resultSha256: row.result_sha256,
  sourceFileName: row.source_file_name,
  creatorId: row.creator_id,
  createTime: isoTime(row.create_time),
  ...(row.start_time && { startTime: isoTime(row.start_time) }),
  ...(row.end_time && { endTime: isoTime(row.end_time) }),
  problem: sayProblem(row),
  problemReason: row.problem_reason,
  action: actionOf(row),
  version: row.version,
});

export type NewJob = { kind: JobKind; noun: string; settings: unknown; total?: number; sourceFileName?: string };

/** Writes the job down and queues it, in the transaction of the request: it begins after the commit or never. */
export const createJob = async (
  tx: Tx,
  queue: Queue,
  caller: Caller,
  { kind, noun, settings, total = 0, sourceFileName = '' }: NewJob,
): Promise<JobRow> => {
  const values = {
    id: uuidv7(),
    version: 1,
    kind,
    noun,
    state: 'JOB_STATE_QUEUED',
    settings: JSON.stringify(settings),
    total,
    source_file_name: sourceFileName,
    creator_id: caller.id,
    session_id: caller.sessionId || caller.apiKeyId,
    locale: caller.grants?.locale ?? 'en',
    create_time: new Date(),
  };
  const row = (await tx.sql.insertInto('job').values(values).returningAll().executeTakeFirstOrThrow()) as JobRow;
  await queue.send(tx, JOB_QUEUE, { id: row.id }, { key: row.id });
  return row;
};

export const readJob = async <S>(db: Kysely<any>, id: string): Promise<JobRow<S> | undefined> =>
  (await sql<JobRow<S>>`select * from job where id = ${id}::uuid`.execute(db)).rows[0];

/**
 * Locks the job for a batch. Undefined when it has ended or is gone: somebody else was faster. Not its key: whoever
 * cancels refers to it and must not wait for the batch.
 */
export const lockJob = async <S>(tx: Tx, id: string): Promise<JobRow<S> | undefined> => {
  const { rows } = await sql<JobRow<S>>`select * from job where id = ${id}::uuid for no key update`.execute(tx.sql);
  return rows[0] && !hasEnded(rows[0]) ? rows[0] : undefined;
};

export type JobChange = Partial<Omit<JobRow, 'id' | 'version' | 'settings' | 'start_time' | 'end_time'>> & {
  start_time?: Date;
  end_time?: Date;
};

/** Each change is a version: pollers see at once whether there is something new. */
export const changeJob = async (db: Kysely<any>, id: string, change: JobChange): Promise<void> => {
  await db
    .updateTable('job')
    .set({ ...change, version: sql`version + 1` })
    .where('id', '=', id)
    .execute();
};

export const isCancelled = async (db: Kysely<any>, id: string): Promise<boolean> =>
  (await sql`select 1 from job_cancel where job_id = ${id}::uuid`.execute(db)).rows.length > 0;
