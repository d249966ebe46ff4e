import { Stage } from '@pelagic/proto/crm/sales/v1/pipeline';
import type { Reason } from '@pelagic/proto/reason';
import { definitionsOf } from '@pelagic/capabilities/custom-field/definitions';
import { invalidField } from '@pelagic/chassis/problem';
import { sql, type Kysely } from 'kysely';
import type { PipelineRow } from './pipeline.ts';
import { asking } from './stages.ts';

/** The way a deal goes: one revision of a pipeline. */
export type Process = { pipelineId: string; revision: number; stages: Stage[] };

type Db = Kysely<any>;

/** The custom fields of deals, by whether they are in use. */
export const customSlugs = async (db: Db): Promise<{ used: Set<string>; retired: Set<string> }> => {
  const fields = await definitionsOf(db, 'opportunity');
  const slugs = (retired: boolean) =>
    new Set(fields.filter((field) => field.retired === retired).map(({ slug }) => slug));
  return { used: slugs(false), retired: slugs(true) };
};

/** Stages as they hold today: nobody can fill a field that was retired since, so none asks for it. */
export const asTheyHold = async (db: Db, stages: Stage[]): Promise<Stage[]> => {
  if (!stages.some(({ requiredFields }) => requiredFields.some((name) => name.startsWith('custom.')))) return stages;
  const { used } = await customSlugs(db);
  return asking(stages, (slug) => used.has(slug));
};

/** Revisions never change. */
const remembered = new Map<string, Process>();
const REMEMBERED_MAX = 1_000;

const findRevision = async (db: Db, pipelineId: string, revision: number): Promise<Process | undefined> => {
  const key = `${pipelineId}/${revision}`;
  const known = remembered.get(key);
  if (known) return known;
  const { rows } = await sql<{
    stages: unknown[];
  }>`select stages from pipeline_revision where pipeline_id = ${pipelineId} and revision = ${revision}`.execute(db);
  if (!rows[0]) return undefined;
  const process = { pipelineId, revision, stages: rows[0].stages.map((stage) => Stage.fromJSON(stage)) };
  if (remembered.size >= REMEMBERED_MAX) remembered.delete(remembered.keys().next().value as string);
  remembered.set(key, process);
  return process;
};

/** One revision of a pipeline; undefined when there is none such. */
export const findProcess = async (db: Db, pipelineId: string, revision: number): Promise<Process | undefined> => {
  const process = await findRevision(db, pipelineId, revision);
  return process && { ...process, stages: await asTheyHold(db, process.stages) };
};

/** The process of a deal; the database holds every revision that a deal refers to. */
export const processOf = async (db: Db, deal: { pipeline_id: string; pipeline_revision: number }): Promise<Process> =>
  (await findProcess(db, deal.pipeline_id, deal.pipeline_revision))!;

export const findPipeline = async (db: Db, id: string): Promise<PipelineRow | undefined> =>
  (await sql<PipelineRow>`select * from pipeline where id = ${id}`.execute(db)).rows[0];

const newest = async (db: Db, { id, revision, stages }: PipelineRow): Promise<Process> => ({
  pipelineId: id,
  revision,
  stages: await asTheyHold(
    db,
    stages.map((stage) => Stage.fromJSON(stage)),
  ),
});

export const activePipelines = async (db: Db): Promise<PipelineRow[]> =>
  (await sql<PipelineRow>`select * from pipeline where active order by "default" desc, lower(name)`.execute(db)).rows;

/** The newest revision of the active pipeline that has this stage: where a deal can move that does not know it. */
export const processWithStage = async (db: Db, stageId: string): Promise<Process | undefined> => {
  const { rows } =
    await sql<PipelineRow>`select * from pipeline where active and stages @> ${JSON.stringify([{ id: stageId }])}::jsonb`.execute(
      db,
    );
  return rows[0] && newest(db, rows[0]);
};

type Asked = {
  /** Empty when the request does not say. */
  pipelineId: string;
  /** Of the owner. */
  departmentId: string;
  /** The past may stand in pipelines that are out of use, or another department's. */
  imported: boolean;
};

/** The process that a new deal begins: of the pipeline asked for, else of the department's only one, else of the default. */
export const processForNew = async (db: Db, { pipelineId, departmentId, imported }: Asked): Promise<Process> => {
  const refuse = (reason: Reason, message: string) => invalidField('opportunity.pipelineId', reason, message);
  if (!pipelineId) {
    const { rows } =
      await sql<PipelineRow>`select * from pipeline where active and ("default" or department_ids @> array[${departmentId}]) order by "default"`.execute(
        db,
      );
    const standard = rows.find((row) => row.default);
    const own = rows.filter((row) => !row.default);
    const chosen = own.length === 1 ? own[0] : standard;
    if (!chosen) throw refuse('NO_PIPELINE', 'There is no pipeline yet.');
    return newest(db, chosen);
  }
  const found = await findPipeline(db, pipelineId);
  if (!found) throw refuse('UNKNOWN_PIPELINE', 'There is no such pipeline.');
  if (!found.active && !imported) throw refuse('PIPELINE_NOT_ACTIVE', 'This pipeline is no longer in use.');
  if (found.department_ids.length && !found.department_ids.includes(departmentId) && !imported)
    throw refuse('PIPELINE_OF_OTHERS', 'This pipeline is for other departments than the owner’s.');
  return newest(db, found);
};

/** Stages of all revisions of a pipeline in the words of the newest revision that has them, by id. */
export const stagesEver = async (db: Db, pipelineId: string): Promise<Map<string, Stage>> => {
  const { rows } = await sql<{
    stages: unknown[];
  }>`select stages from pipeline_revision where pipeline_id = ${pipelineId} order by revision`.execute(db);
  return new Map(
    rows.flatMap(({ stages }) => stages.map((json) => Stage.fromJSON(json))).map((stage) => [stage.id, stage]),
  );
};

/** Those of the stage ids that belong to another pipeline, in whatever revision. */
export const takenStageIds = async (db: Db, pipelineId: string, ids: string[]): Promise<string[]> => {
  if (!ids.length) return [];
  const { rows } = await sql<{ id: string }>`
    select id from unnest(${ids}::text[]) id
    where exists (select from pipeline_revision where pipeline_id <> ${pipelineId}::uuid and stages @> jsonb_build_array(jsonb_build_object('id', id)))`.execute(
    db,
  );
  return rows.map(({ id }) => id);
};
