import { StartExportRequest, JobServiceService, type Job, type JobKind } from '@pelagic/proto/crm/capability/v1/job';
import { authorize, may } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import type { Database } from '@pelagic/chassis/database';
import type { Identity } from '@pelagic/chassis/identify';
import { once } from '@pelagic/chassis/once';
import { decodeCursor, encodeCursor, pageSize } from '@pelagic/chassis/page';
import { invalidField, notFound } from '@pelagic/chassis/problem';
import type { Queue, Work } from '@pelagic/chassis/queue';
import type { Handlers } from '@pelagic/chassis/rpc';
import { sql } from 'kysely';
import type { AuditTrail } from '../audit/audit.ts';
import { bulkHandlers } from '../bulk/bulk.handlers.ts';
import { bulkKind, transferKind } from '../bulk/run-bulk.ts';
import { definitionsOf } from '../custom-field/definitions.ts';
import { columnsFor } from '../export/column.ts';
import { exportKind, type NameTables } from '../export/run-export.ts';
import { wordingsOf, type WordingOptions } from '../export/wording.ts';
import type { FileStore } from '../file/store.ts';
import type { Lookups } from '../import/field.ts';
import { importHandlers } from '../import/import.handlers.ts';
import { importKind } from '../import/run-import.ts';
import { conditions } from '../record/list.ts';
import type { Noun } from '../record/noun.ts';
import type { BulkTarget } from './bulk-target.ts';
import { createJob, jobMessage, readJob, type JobRow } from './job.ts';
import { listRows } from './job-rows.ts';
import { rowResult } from './row-result.ts';
import { jobWork, type RunKind } from './run-job.ts';

export type JobOptions = WordingOptions & {
  service: string;
  database: Database;
  queue: Queue;
  files: FileStore;
  identity: Identity;
  audit: AuditTrail;
  /** What can be exported. */
  nouns: Noun[];
  bulk: BulkTarget[];
  /** How imports find employees, departments and the like by name, wherever a field refers to one. */
  lookups: Lookups;
  /** Where exports find the names of what a field refers to. */
  names: NameTables;
  /** Kinds of jobs that only this service has. */
  kinds?: Partial<Record<JobKind, RunKind>>;
};

const ORDER = 'create_time desc';

const exportHandlers = ({
  service,
  database,
  queue,
  nouns,
  ...words
}: JobOptions): Pick<Handlers<JobServiceService>, 'startExport'> => ({
  startExport: async (request, caller) => {
    const noun = nouns.find((candidate) => candidate.noun === request.noun);
    if (!noun) throw invalidField('noun', 'UNKNOWN_NOUN', 'This service keeps no such records.');
    if (!['', 'csv', 'xlsx'].includes(request.format))
      throw invalidField('format', 'UNKNOWN_VALUE', 'A file is csv or xlsx.');
    // What the job would fail on is said now.
    await conditions(
      database.sql,
      noun,
      caller,
      { filter: request.filter, query: request.query, deleted: false },
      'export',
    );
    columnsFor({
      noun,
      definitions: await definitionsOf(database.sql, request.noun),
      wordings: wordingsOf(words, request.noun),
      caller,
      locale: request.locale,
      asked: request.fields,
    });
    return database.transact((tx) =>
      once(tx, caller, JobServiceService.startExport, request, async () => ({
        job: jobMessage(
          service,
          await createJob(tx, queue, caller, {
            kind: 'JOB_KIND_EXPORT',
            noun: request.noun,
            settings: StartExportRequest.toJSON(request),
          }),
        ),
      })),
    );
  },
});

const reading = ({
  service,
  database,
}: JobOptions): Pick<Handlers<JobServiceService>, 'getJob' | 'listJobs' | 'listJobResults' | 'cancelJob'> => {
  /** A key is not its person: its own are those that it started. */
  const isOwn = ({ creator_id, session_id }: JobRow, { kind, id, apiKeyId }: Caller): boolean =>
    creator_id === id && (kind !== 'api_key' || session_id === apiKeyId);
  const own = ({ kind, id, apiKeyId }: Caller) =>
    sql`creator_id = ${id}::uuid ${kind === 'api_key' ? sql`and session_id = ${apiKeyId}` : sql``}`;
  /** One's own jobs, and with job.read how those of others go. */
  const readable = async (id: string, caller: Caller): Promise<JobRow> => {
    const job = await readJob(database.sql, id);
    if (!job || (!isOwn(job, caller) && !may(caller, 'job.read'))) throw notFound('job');
    return job;
  };
  /** Files and rows hold what the person who started it may see; everybody else is told how far it is. */
  const shown = (row: JobRow, caller: Caller): Job =>
    jobMessage(service, isOwn(row, caller) ? row : { ...row, result_file_id: null });
  return {
    getJob: async ({ id }, caller) => ({ job: shown(await readable(id, caller), caller) }),

    listJobs: async (request, caller) => {
      if (request.everyone) authorize(caller, 'job.read');
      const size = pageSize(request.pageSize);
      const [time, id] = request.pageToken ? (decodeCursor(request.pageToken, ORDER) as [string, string]) : [];
      const { rows } = await sql<JobRow & { cursor_time: string }>`
        select *, create_time::text as cursor_time from job where ${request.everyone ? sql`true` : own(caller)}
        ${time ? sql`and (create_time, id) < (${time}::timestamptz, ${id}::uuid)` : sql``}
        order by create_time desc, id desc limit ${size + 1}`.execute(database.sql);
      const page = rows.slice(0, size);
      const last = rows.length > size ? page.at(-1) : undefined;
      return {
        jobs: page.map((row) => shown(row, caller)),
        nextPageToken: last ? encodeCursor(ORDER, [last.cursor_time, last.id]) : '',
      };
    },

    listJobResults: async ({ id, outcome, pageSize: asked, pageToken }, caller) => {
      if (!isOwn(await readable(id, caller), caller)) throw notFound('job');
      const { rows, nextPageToken } = await listRows(database.sql, id, {
        outcome,
        pageSize: pageSize(asked),
        pageToken,
      });
      return { results: rows.map((row) => rowResult(row, caller.grants?.locale ?? 'en')), nextPageToken };
    },

    cancelJob: async ({ id }, caller) => {
      if (!isOwn(await readable(id, caller), caller)) authorize(caller, 'job.cancel');
      await database.transact(async (tx) => {
        await sql`insert into job_cancel (job_id) values (${id}::uuid) on conflict do nothing`.execute(tx.sql);
        // One that has not begun is over at once; a running one stops before its next row.
        await sql`update job set state = 'JOB_STATE_CANCELLED', end_time = now(), version = version + 1 where id = ${id}::uuid and state = 'JOB_STATE_QUEUED'`.execute(
          tx.sql,
        );
      });
      return { job: shown(await readable(id, caller), caller) };
    },
  };
};

/** Jobs and what came of their rows are kept this long, days. */
const KEPT_DAYS = 90;

const cleanWork = ({ database }: JobOptions): Work<object> => ({
  queue: 'job_clean',
  schedule: '37 3 * * *',
  run: async () => {
    await sql`delete from job where end_time < now() - ${KEPT_DAYS} * interval '1 day'`.execute(database.sql);
    await sql`delete from lease where name like 'job:%' and expire_time < now() - interval '1 day'`.execute(
      database.sql,
    );
  },
});

/** Imports, exports, bulk edits and transfers of the nouns of a service, run by its queue. */
export const openJobs = (options: JobOptions): { handlers: Handlers<JobServiceService>; works: Work<any>[] } => ({
  handlers: { ...importHandlers(options), ...exportHandlers(options), ...bulkHandlers(options), ...reading(options) },
  works: [
    jobWork({
      ...options,
      kinds: {
        JOB_KIND_IMPORT: importKind(options),
        JOB_KIND_EXPORT: exportKind(options),
        JOB_KIND_BULK_EDIT: bulkKind(options),
        JOB_KIND_TRANSFER: transferKind(options),
        ...options.kinds,
      },
    }),
    cleanWork(options),
  ],
});
