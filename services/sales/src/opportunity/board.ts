import type { BoardColumn, GetBoardRequest } from '@pelagic/proto/crm/sales/v1/opportunity';
import type { Stage } from '@pelagic/proto/crm/sales/v1/pipeline';
import { conditions, listRecords } from '@pelagic/capabilities/record/list';
import { queryable } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import { enterprise } from '@pelagic/chassis/enterprise';
import { parseFilter } from '@pelagic/chassis/filter';
import { currencyScale, roundMoney } from '@pelagic/chassis/money';
import { notFound, Problem } from '@pelagic/chassis/problem';
import { sql, type Kysely } from 'kysely';
import { findPipeline, stagesEver } from '../pipeline/pipeline.queries.ts';
import { isOpen } from '../pipeline/stages.ts';
import { opportunity, opportunityMessage, type OpportunityRow } from './opportunity.ts';

const CARDS_DEFAULT = 20;

type Total = { stage_id: string; count: number; base: string; weighted: string };

/** Count and sums of every column, over all rows that the caller may see; sums are sums of rounded lines. */
const totalsOf = async (db: Kysely<any>, request: GetBoardRequest, caller: Caller): Promise<Map<string, Total>> => {
  const where = await conditions(db, opportunity, caller, {
    filter: request.filter,
    query: request.query,
    deleted: false,
  });
  const scale = sql.lit(currencyScale(enterprise().baseCurrency));
  const { rows } = await sql<Total>`
    select stage_id, count(*)::int as count, coalesce(sum(base_amount), 0)::text as base, coalesce(sum(round(base_amount * probability / 100, ${scale})), 0)::text as weighted
    from opportunity where ${sql.join([...where, sql`opportunity.pipeline_id = ${request.pipelineId}`], sql` and `)} group by stage_id`.execute(
    db,
  );
  return new Map(rows.map((row) => [row.stage_id, row]));
};

/** Stages that the pipeline no longer has stand between the open ones and those that close. */
const columnsOf = (
  stages: Stage[],
  ever: Map<string, Stage>,
  totals: Map<string, Total>,
): { stage: Stage; former: boolean }[] => {
  const present = new Set(stages.map(({ id }) => id));
  const former = [...totals.keys()]
    .flatMap((id) => (present.has(id) ? [] : (ever.get(id) ?? [])))
    .map((stage) => ({ stage, former: true }));
  const named = stages.map((stage) => ({ stage, former: false }));
  return [
    ...named.filter(({ stage }) => isOpen(stage)),
    ...former.toSorted((a, b) => Number(isOpen(b.stage)) - Number(isOpen(a.stage))),
    ...named.filter(({ stage }) => !isOpen(stage)),
  ];
};

/** The filter of the board with that of one column; it was parsed by itself before, so no bracket of it is open. */
const columnFilter = ({ filter, pipelineId }: GetBoardRequest, stageId: string): string =>
  [...(filter.trim() ? [`(${filter})`] : []), `pipeline_id = "${pipelineId}"`, `stage_id = "${stageId}"`].join(' AND ');

/** Columns tell the stage of every deal in them. */
const refuseUnreadable = (caller: Caller): void => {
  const field = ['pipelineId', 'stageId'].find((each) => !queryable(caller, 'opportunity', each));
  if (field)
    throw new Problem('PERMISSION_DENIED', 'FIELD_NOT_READABLE', 'Your role may not read what this board is made of.', {
      params: { field },
    });
};

/** The board of a pipeline: its columns with their totals and newest cards. */
export const getBoard = async (db: Kysely<any>, request: GetBoardRequest, caller: Caller): Promise<BoardColumn[]> => {
  refuseUnreadable(caller);
  const found = await findPipeline(db, request.pipelineId);
  if (!found) throw notFound('pipeline');
  parseFilter(request.filter);
  const totals = await totalsOf(db, request, caller);
  const columns = columnsOf(found.stages, await stagesEver(db, found.id), totals);
  const sees = queryable(caller, 'opportunity', 'amount');
  const base = enterprise().baseCurrency;
  const cards = async (stageId: string) => {
    if (!totals.has(stageId)) return { rows: [], nextPageToken: '' };
    const page = {
      pageSize: request.pageSize || CARDS_DEFAULT,
      pageToken: '',
      orderBy: '',
      query: request.query,
      deleted: false,
      count: false,
    };
    return listRecords<OpportunityRow>(db, opportunity, { ...page, filter: columnFilter(request, stageId) }, caller);
  };
  return Promise.all(
    columns.map(async ({ stage, former }) => {
      const total = totals.get(stage.id);
      const { rows, nextPageToken } = await cards(stage.id);
      return {
        stageId: stage.id,
        stageName: stage.name,
        category: stage.category,
        former,
        count: total?.count ?? 0,
        baseAmount: sees ? roundMoney(total?.base ?? '0', base) : '',
        weightedBaseAmount:
          sees && queryable(caller, 'opportunity', 'probability') ? roundMoney(total?.weighted ?? '0', base) : '',
        opportunities: rows.map(opportunityMessage),
        nextPageToken,
      };
    }),
  );
};
