import { StartBulkEditRequest, StartTransferRequest } from '@pelagic/proto/crm/capability/v1/job';
import { contract } from '@pelagic/proto/contract';
import { registry } from '@pelagic/proto/registry';
import type { Database, Tx } from '@pelagic/chassis/database';
import { runIn, currentContext } from '@pelagic/chassis/context';
import { step } from '@pelagic/chassis/steps';
import type { Caller } from '@pelagic/chassis/caller';
import { sql } from 'kysely';
import type { BulkTarget } from '../job/bulk-target.ts';
import { changeJob, lockJob, type JobRow } from '../job/job.ts';
import { countOf, writeRows, type DoneRow } from '../job/job-rows.ts';
import { attemptRow, faultsOf } from '../job/one-row.ts';
import { asCaller, type RunKind } from '../job/run-job.ts';
import type { Watch } from '../job/watch.ts';
import type { Message } from '../record/mapping.ts';
import { changeTags, taggedNoun } from '../tag/change-tags.ts';

export type BulkOptions = { database: Database; bulk: BulkTarget[] };

const BATCH_MAX = 100;
const BATCH_MS = 2_000;

export type BulkAction = 'update' | 'tag' | 'assign' | 'delete' | 'undelete';

/** Actions that need the right of another one. */
const SAME_RIGHT: Partial<Record<BulkAction, BulkAction>> = { undelete: 'delete', tag: 'update' };

/** The right that an action needs at all; that of each record is the record's. */
export const permissionOfAction = (noun: string, action: BulkAction): string =>
  `${noun}.${SAME_RIGHT[action] ?? action}`;

type Waiting = { row: number; record_id: string; version: number };

/** Does the job's action with one record. */
export type Act = (tx: Tx, one: { id: string; version: number; caller: Caller }) => Promise<unknown>;

/** The noun's message and the paths that a JSON of changes writes. */
export const changesOf = (text: string): { json: Record<string, unknown>; paths: string[] } => {
  const json = JSON.parse(text) as Record<string, unknown>;
  const paths = Object.keys(json).flatMap((key) =>
    key === 'custom' ? Object.keys(json['custom'] as object).map((slug) => `custom.${slug}`) : [key],
  );
  return { json, paths };
};

const bulkAct = (target: BulkTarget, request: StartBulkEditRequest): Act => {
  switch (request.action as BulkAction) {
    case 'update': {
      const { json, paths } = changesOf(request.changes);
      const { fromJSON } = registry.get(contract.nouns.get(request.noun)!.message)!;
      return (tx, one) => target.update!(tx, one, { ...(fromJSON(json) as Message), version: one.version }, paths);
    }
    case 'tag': {
      const change = { addIds: request.addTagIds, removeIds: request.removeTagIds };
      return (tx, { id, caller }) =>
        changeTags(tx, taggedNoun([target.noun], request.noun, caller), id, change, caller);
    }
    case 'assign':
      return (tx, one) => target.assign!(tx, one, request.ownerId || undefined, '');
    case 'delete':
      return (tx, one) => target.delete!(tx, one);
    default:
      return (tx, one) => target.undelete!(tx, one, request.ownerId || undefined);
  }
};

const actOn = async (
  tx: Tx,
  act: Act,
  { row, record_id: recordId, version }: Waiting,
  caller: Caller,
): Promise<DoneRow> => {
  const events = tx.events.length;
  try {
    await attemptRow(tx, () =>
      runIn({ deadline: Date.now() + 60_000, ...currentContext(), caller }, () =>
        act(tx, { id: recordId, version, caller }),
      ),
    );
    return { row, recordId, outcome: tx.events.length > events ? 'updated' : 'skipped' };
  } catch (error) {
    return { row, recordId, outcome: 'failed', errors: faultsOf(error) };
  }
};

/** One batch of the records that wait. False when none is left, or the job is not ours any more. */
const actOnBatch = async (tx: Tx, id: string, act: Act, watch: Watch): Promise<boolean> => {
  const job = await lockJob(tx, id);
  if (!job) return false;
  const { rows } =
    await sql<Waiting>`select row, record_id, version from job_row where job_id = ${id}::uuid and outcome = 'waiting' order by row limit ${BATCH_MAX}`.execute(
      tx.sql,
    );
  const until = performance.now() + BATCH_MS;
  const done: DoneRow[] = [];
  // In the order of ids: two jobs over the same records then never wait for each other in a circle.
  for (const waiting of rows.toSorted((a, b) => (a.record_id < b.record_id ? -1 : 1))) {
    if (watch.cancelled() || (done.length && performance.now() > until)) break;
    done.push(await actOn(tx, act, waiting, watch.caller()));
  }
  await step('bulk.acted');
  await writeRows(tx, id, done);
  await changeJob(tx.sql, id, {
    processed: job.processed + done.length,
    updated: job.updated + countOf(done, 'updated'),
    skipped: job.skipped + countOf(done, 'skipped'),
    failed: job.failed + countOf(done, 'failed'),
  });
  return rows.length > 0;
};

const runBulk = async (database: Database, job: JobRow, act: Act, watch: Watch): Promise<void> => {
  while (!watch.cancelled()) {
    const more = await asCaller(watch.caller(), () => database.transact((tx) => actOnBatch(tx, job.id, act, watch)));
    await step('bulk.committed');
    if (!more) return;
  }
};

const targetOf = ({ bulk }: BulkOptions, name: string): BulkTarget => bulk.find(({ noun }) => noun.noun === name)!;

/** The same change on many records, each with its own right and version. */
export const bulkKind = (options: BulkOptions): RunKind => ({
  permission: ({ noun, settings }) =>
    permissionOfAction(noun, StartBulkEditRequest.fromJSON(settings).action as BulkAction),
  run: (job, watch) =>
    runBulk(
      options.database,
      job,
      bulkAct(targetOf(options, job.noun), StartBulkEditRequest.fromJSON(job.settings)),
      watch,
    ),
});

const isDeleted = async (tx: Tx, { noun }: BulkTarget, id: string): Promise<boolean> =>
  (await sql`select from ${sql.table(noun.table)} where id = ${id}::uuid and delete_time is not null`.execute(tx.sql))
    .rows.length > 0;

/** Everything that one person owns, to another: the recycle bin too, or what comes out of it would be theirs again. */
export const transferKind = (options: BulkOptions): RunKind => ({
  permission: ({ noun }) => `${noun}.assign`,
  run: (job, watch) => {
    const { toEmployeeId, reason } = StartTransferRequest.fromJSON(job.settings);
    const target = targetOf(options, job.noun);
    const give: Act = async (tx, one) =>
      target.assign!(tx, { ...one, deleted: await isDeleted(tx, target, one.id) }, toEmployeeId, reason);
    return runBulk(options.database, job, give, watch);
  },
});
