import type { ImportField, Lookup } from '@pelagic/capabilities/job/import-target';
import type { Opportunity } from '@pelagic/proto/crm/sales/v1/opportunity';
import { sql, type Kysely } from 'kysely';
import { customersNamed } from '../customer/customer.ts';
import { activePipelines, findPipeline } from '../pipeline/pipeline.queries.ts';
import type { PipelineRow } from '../pipeline/pipeline.ts';

const byCustomer: Lookup = (text, { tx, caller }) => customersNamed(tx.sql, caller, text);

const byPipeline: Lookup = async (text, { tx, history }) => {
  const wanted = text.trim().toLowerCase();
  const { rows } = await sql<{
    id: string;
    name: string;
  }>`select id, name from pipeline where lower(name) = ${wanted} and (active or ${history})`.execute(tx.sql);
  return rows;
};

/** The pipelines that a stage without further word may belong to: the one the row names, else the default one before the others. */
const pipelinesOf = async (db: Kysely<any>, pipelineId: string): Promise<PipelineRow[][]> => {
  if (pipelineId) return [[await findPipeline(db, pipelineId)].filter((row) => row !== undefined)];
  const active = await activePipelines(db);
  return [active.filter((row) => row.default), active.filter((row) => !row.default)];
};

const byStage: Lookup = async (text, { tx, message }) => {
  const wanted = text.trim().toLowerCase();
  for (const pipelines of await pipelinesOf(tx.sql, (message as Partial<Opportunity>).pipelineId ?? '')) {
    const found = pipelines.flatMap(({ name, stages }) =>
      stages
        .filter((stage) => stage.name.toLowerCase() === wanted)
        .map(({ id, name: stage }) => ({ id, name: `${name}: ${stage}` })),
    );
    if (found.length) return found;
  }
  return [];
};

/** What a file of deals may bring, in the order in which names become ids. */
export const OPPORTUNITY_COLUMNS: ImportField[] = [
  {
    field: 'name',
    labels: {
      zh: ['名称', '商机名称', '商机', '商机标题', '项目名称', '项目', '机会名称'],
      en: ['Name', 'Opportunity', 'Opportunity name', 'Deal', 'Deal name', 'Project'],
    },
    required: true,
    matchKey: true,
  },
  { field: 'customerId', matchKey: true, lookup: byCustomer },
  { field: 'amount' },
  { field: 'expectedCloseDate' },
  { field: 'ownerId' },
  { field: 'pipelineId', lookup: byPipeline },
  { field: 'stageId', lookup: byStage, refersTo: 'stage', dependsOn: ['pipelineId'] },
  {
    field: 'state',
    history: true,
    words: {
      OPPORTUNITY_STATE_OPEN: { zh: ['进行中', '跟进中'], en: ['Open', 'In progress'] },
      OPPORTUNITY_STATE_WON: { zh: ['赢单', '成交', '已成交'], en: ['Won', 'Closed won'] },
      OPPORTUNITY_STATE_LOST: { zh: ['输单', '丢单', '失败'], en: ['Lost', 'Closed lost'] },
      OPPORTUNITY_STATE_INVALID: { zh: ['无效'], en: ['Invalid'] },
    },
  },
  { field: 'createTime', history: true },
  { field: 'closeDate', history: true },
  { field: 'lostReason', history: true },
  { field: 'closeNote', history: true },
  { field: 'probability' },
  { field: 'probabilityReason' },
  { field: 'source' },
  { field: 'competitor' },
  { field: 'nextStep' },
  { field: 'note' },
];
