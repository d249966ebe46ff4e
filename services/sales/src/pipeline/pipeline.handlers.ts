import { type Pipeline, PipelineServiceService, type Stage } from '@pelagic/proto/crm/sales/v1/pipeline';
import type { Row } from '@pelagic/capabilities/record/mapping';
import { changeRecord, insertRecord } from '@pelagic/capabilities/record/records';
import type { Caller } from '@pelagic/chassis/caller';
import { now } from '@pelagic/chassis/clock';
import { brokenConstraint, type Database, type Tx } from '@pelagic/chassis/database';
import { once } from '@pelagic/chassis/once';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { invalid, notFound, Problem, type FieldError } from '@pelagic/chassis/problem';
import type { Handlers } from '@pelagic/chassis/rpc';
import { isDeepStrictEqual } from 'node:util';
import { sql, type Kysely } from 'kysely';
import { pipeline, writePipeline, type PipelineRow } from './pipeline.ts';
import { asTheyHold, customSlugs, findPipeline, findProcess, takenStageIds } from './pipeline.queries.ts';

const pipelineMessage = async (db: Kysely<any>, row: PipelineRow): Promise<Pipeline> => {
  const message = pipeline.mapping.toMessage(row as unknown as Row) as unknown as Pipeline;
  return { ...message, stages: await asTheyHold(db, message.stages) };
};

const refuseForeignStages = async (tx: Tx, pipelineId: string, stages: Stage[]): Promise<void> => {
  const taken = await takenStageIds(
    tx.sql,
    pipelineId,
    stages.map(({ id }) => id),
  );
  if (taken.length)
    throw invalid(
      ...taken.map((id): FieldError => ({
        field: `pipeline.stages[${stages.findIndex((stage) => stage.id === id)}].id`,
        reason: 'STAGE_OF_ANOTHER',
        message: 'This stage belongs to another pipeline.',
      })),
    );
};

const keepRevision = async (
  tx: Tx,
  { id, revision, stages }: Pick<PipelineRow, 'id' | 'revision' | 'stages'>,
): Promise<void> => {
  await tx.sql
    .insertInto('pipeline_revision')
    .values({ pipeline_id: id, revision, stages: JSON.stringify(stages), create_time: now().toISOString() })
    .execute();
};

/** Takes the default away from the pipeline that has it. Changes of the default take turns. */
const handOverDefault = async (tx: Tx, to: string, caller: Caller): Promise<void> => {
  await sql`select pg_advisory_xact_lock(hashtext('pipeline_default'))`.execute(tx.sql);
  const { rows } = await sql<{ id: string }>`select id from pipeline where "default" and id <> ${to}::uuid`.execute(
    tx.sql,
  );
  for (const { id } of rows)
    await changeRecord<PipelineRow>(
      tx,
      pipeline,
      id,
      caller,
      { action: 'manage', verb: 'updated' },
      (row) => void (row.default = false),
    );
};

const named = async <T>(work: Promise<T>): Promise<T> => {
  try {
    return await work;
  } catch (error) {
    if (brokenConstraint(error) !== 'pipeline_name') throw error;
    throw new Problem('ALREADY_EXISTS', 'DUPLICATE', 'A pipeline of this name exists already.', {
      fields: [{ field: 'pipeline.name', reason: 'DUPLICATE', message: 'A pipeline of this name exists already.' }],
    });
  }
};

export const createPipeline = async (tx: Tx, message: Pipeline, caller: Caller): Promise<PipelineRow> => {
  const columns = writePipeline(message, undefined, await customSlugs(tx.sql));
  const id = uuidv7();
  await refuseForeignStages(tx, id, columns.stages);
  if (columns.default) await handOverDefault(tx, id, caller);
  const row = await named(insertRecord<PipelineRow>(tx, pipeline, { id, ...columns, revision: 1 }, caller));
  await keepRevision(tx, row);
  return row;
};

export const updatePipeline = async (tx: Tx, id: string, message: Pipeline, caller: Caller): Promise<PipelineRow> => {
  const slugs = await customSlugs(tx.sql);
  if (message.default) await handOverDefault(tx, id, caller);
  return named(
    changeRecord<PipelineRow>(
      tx,
      pipeline,
      id,
      caller,
      { action: 'manage', verb: 'updated', version: message.version },
      async (row) => {
        const columns = writePipeline(message, row, slugs);
        await refuseForeignStages(tx, id, columns.stages);
        const restaged = !isDeepStrictEqual(columns.stages, row.stages);
        Object.assign(row, columns);
        if (!restaged) return;
        row.revision += 1;
        await keepRevision(tx, row);
      },
    ),
  );
};

const getPipeline = async (db: Kysely<any>, id: string, revision: number): Promise<PipelineRow> => {
  const row = await findPipeline(db, id);
  if (!row) throw notFound('pipeline');
  if (!revision || revision === row.revision) return row;
  // What is still to come may be larger than the column of it.
  const former = revision < row.revision ? await findProcess(db, id, revision) : undefined;
  if (!former) throw notFound('pipeline');
  return { ...row, revision, stages: former.stages };
};

const listPipelines = async (db: Kysely<any>, all: boolean): Promise<PipelineRow[]> =>
  // A few dozen at most: people look at them one by one.
  (
    await sql<PipelineRow>`select * from pipeline where active or ${all} order by active desc, "default" desc, lower(name) limit 200`.execute(
      db,
    )
  ).rows;

export const pipelineHandlers = ({ database }: { database: Database }): Handlers<PipelineServiceService> => ({
  createPipeline: (request, caller) =>
    database.transact((tx) =>
      once(tx, caller, PipelineServiceService.createPipeline, request, async () => ({
        pipeline: await pipelineMessage(tx.sql, await createPipeline(tx, request.pipeline!, caller)),
      })),
    ),
  updatePipeline: async ({ id, pipeline: message }, caller) => ({
    pipeline: await pipelineMessage(
      database.sql,
      await database.transact((tx) => updatePipeline(tx, id, message!, caller)),
    ),
  }),
  getPipeline: async ({ id, revision }) => ({
    pipeline: await pipelineMessage(database.sql, await getPipeline(database.sql, id, revision)),
  }),
  listPipelines: async ({ includeInactive }) => ({
    pipelines: await Promise.all(
      (await listPipelines(database.sql, includeInactive)).map((row) => pipelineMessage(database.sql, row)),
    ),
  }),
});
