import { StartBulkEditRequest, StartTransferRequest, JobServiceService } from '@pelagic/proto/crm/capability/v1/job';
import { contract, messageType } from '@pelagic/proto/contract';
import { validate } from '@pelagic/proto/validate';
import { authorize } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import { once } from '@pelagic/chassis/once';
import { invalid, invalidField, refused, type FieldError } from '@pelagic/chassis/problem';
import type { Queue } from '@pelagic/chassis/queue';
import type { Handlers } from '@pelagic/chassis/rpc';
import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { BulkTarget } from '../job/bulk-target.ts';
import { createJob, jobMessage, type JobRow, type NewJob } from '../job/job.ts';
import { notUpdated } from '../record/fields.ts';
import { conditions } from '../record/list.ts';
import type { Noun } from '../record/noun.ts';
import { taggedNoun } from '../tag/change-tags.ts';
import { settleTags } from '../tag/settle-tags.ts';
import { isTagged } from '../tag/tag.ts';
import { changesOf, permissionOfAction, type BulkAction, type BulkOptions } from './run-bulk.ts';

/** Records that one job changes. */
export const BULK_MAX = 100_000;
const ACTIONS: BulkAction[] = ['update', 'tag', 'assign', 'delete', 'undelete'];

type Options = BulkOptions & { service: string; queue: Queue };

const tooMany = () =>
  refused('TOO_MANY_RECORDS', `One job changes at most ${BULK_MAX} records. Narrow the filter.`, {
    params: { max: String(BULK_MAX) },
  });

const checkChanges = (noun: Noun, text: string): void => {
  let changes: ReturnType<typeof changesOf>;
  try {
    changes = changesOf(text);
  } catch {
    throw invalidField('changes', 'BAD_JSON', 'The changes must be the fields to write, as JSON.');
  }
  if (!changes.paths.length) throw invalidField('changes', 'REQUIRED', 'Say which fields to write.');
  const { message } = contract.nouns.get(noun.noun)!;
  const given = messageType(message).fields.filter(({ json }) => json in changes.json);
  const set = given
    .filter(({ json, rules }) => rules?.outputOnly || json === 'version')
    .map(({ json }): FieldError => ({
      field: json,
      reason: 'OUTPUT_ONLY',
      message: `${json} is set by the system and cannot be written.`,
    }));
  const errors = [...set, ...validate(message, changes.json, { partial: changes.paths })].map((error) => ({
    ...error,
    field: `changes.${error.field}`,
  }));
  if (errors.length) throw invalid(...errors);
  const elsewhere = notUpdated(noun, changes.paths, 'changes');
  if (elsewhere.length) throw invalid(...elsewhere);
};

/** Said at once, and not of each record: tags that there are not, and who may put none on. */
const checkTags = async (
  db: Kysely<any>,
  noun: Noun,
  { addTagIds, removeTagIds }: StartBulkEditRequest,
  caller: Caller,
): Promise<void> => {
  taggedNoun([noun], noun.noun, caller);
  if (!addTagIds.length && !removeTagIds.length)
    throw invalidField('addTagIds', 'REQUIRED', 'Say which tags to put on or to take off.');
  await settleTags(db, { before: [], wanted: addTagIds, field: 'addTagIds' });
};

/** The records of a condition as they are now, written down so that each is done once whatever becomes of it. */
const select = async (
  tx: Tx,
  job: JobRow,
  noun: Noun,
  where: RawBuilder<boolean>[],
  anyVersion = false,
): Promise<number> => {
  const { numAffectedRows } = await sql`
    insert into job_row (job_id, row, record_id, version, outcome)
    select ${job.id}::uuid, row_number() over (order by id), id, ${anyVersion ? sql`0` : sql`version`}, 'waiting'
    from (select id, version from ${sql.table(noun.table)} where ${sql.join(where, sql` and `)} limit ${BULK_MAX + 1}) selected`.execute(
    tx.sql,
  );
  return Number(numAffectedRows);
};

const selectListed = async (tx: Tx, job: JobRow, records: StartBulkEditRequest['records']): Promise<number> => {
  const once = [...new Map(records.map((record) => [record.id, record])).values()];
  const { numAffectedRows } = await sql`
    insert into job_row (job_id, row, record_id, version, outcome)
    select ${job.id}::uuid, row, id, version, 'waiting'
    from unnest(${once.map(({ id }) => id)}::uuid[], ${once.map(({ version }) => version)}::int[]) with ordinality as given(id, version, row)`.execute(
    tx.sql,
  );
  return Number(numAffectedRows);
};

export const bulkHandlers = ({
  service,
  database,
  bulk,
  queue,
}: Options): Pick<Handlers<JobServiceService>, 'startBulkEdit' | 'startTransfer' | 'countOwned'> => {
  const targetOf = (noun: string, action: BulkAction): BulkTarget => {
    const target = bulk.find((candidate) => candidate.noun.noun === noun);
    if (!target) throw invalidField('noun', 'UNKNOWN_NOUN', 'Records of this kind cannot be changed in bulk here.');
    if (action === 'tag' ? !isTagged(target.noun) : !target[action])
      throw invalidField('action', 'UNKNOWN_VALUE', 'This cannot be done in bulk with records of this kind.');
    return target;
  };

  /** Queues the job with its records. Refuses an empty one, and one that is too large. */
  const start = async (
    tx: Tx,
    caller: Caller,
    job: NewJob,
    choose: (row: JobRow) => Promise<number>,
  ): Promise<JobRow> => {
    const row = await createJob(tx, queue, caller, job);
    const total = await choose(row);
    if (!total) throw refused('NOTHING_SELECTED', 'There is no record to change.');
    if (total > BULK_MAX) throw tooMany();
    await sql`update job set total = ${total} where id = ${row.id}::uuid`.execute(tx.sql);
    return { ...row, total };
  };

  return {
    startBulkEdit: async (request, caller) => {
      const action = ACTIONS.find((known) => known === request.action);
      if (!action)
        throw invalidField('action', 'UNKNOWN_VALUE', 'The action is update, tag, assign, delete or undelete.');
      const { noun, assign } = targetOf(request.noun, action);
      if (request.ownerId && !assign)
        throw invalidField('ownerId', 'NO_OWNER', 'Records of this kind have no owner of their own.');
      authorize(caller, permissionOfAction(request.noun, action));
      if (action === 'update') checkChanges(noun, request.changes);
      if (action === 'tag') await checkTags(database.sql, noun, request, caller);
      const { records, filter, query } = request;
      const where = records.length
        ? []
        : await conditions(database.sql, noun, caller, { filter, query, deleted: action === 'undelete' });
      return database.transact((tx) =>
        once(tx, caller, JobServiceService.startBulkEdit, request, async () => {
          const settings = StartBulkEditRequest.toJSON({ ...request, records: [] });
          const row = await start(tx, caller, { kind: 'JOB_KIND_BULK_EDIT', noun: request.noun, settings }, (job) =>
            records.length ? selectListed(tx, job, records) : select(tx, job, noun, where),
          );
          return { job: jobMessage(service, row) };
        }),
      );
    },

    startTransfer: async (request, caller) => {
      const { noun } = targetOf(request.noun, 'assign');
      const { fromEmployeeId, toEmployeeId } = request;
      if (fromEmployeeId === toEmployeeId)
        throw invalidField('toEmployeeId', 'SAME_EMPLOYEE', 'The records are to go to somebody else.');
      const owned = sql<boolean>`${sql.ref(`${noun.table}.owner_id`)} = ${fromEmployeeId}::uuid`;
      return database.transact((tx) =>
        once(tx, caller, JobServiceService.startTransfer, request, async () => {
          const settings = StartTransferRequest.toJSON(request);
          const row = await start(tx, caller, { kind: 'JOB_KIND_TRANSFER', noun: request.noun, settings }, (job) =>
            select(tx, job, noun, [owned, noun.reach(caller, 'assign', noun.table)], true),
          );
          return { job: jobMessage(service, row) };
        }),
      );
    },

    countOwned: async ({ employeeId }) => {
      const owned = await Promise.all(
        bulk
          .filter(({ assign }) => assign)
          .map(async ({ noun }) => {
            const { rows } = await sql<{
              n: number;
            }>`select count(*)::int as n from ${sql.table(noun.table)} where owner_id = ${employeeId}::uuid and delete_time is null`.execute(
              database.sql,
            );
            return { noun: noun.noun, count: rows[0]?.n ?? 0 };
          }),
      );
      return { owned };
    },
  };
};
