import type { MoveOpportunityRequest } from '@pelagic/proto/crm/sales/v1/opportunity';
import type { Stage } from '@pelagic/proto/crm/sales/v1/pipeline';
import { applyChange, changeRecord, lockRecord } from '@pelagic/capabilities/record/records';
import type { Caller } from '@pelagic/chassis/caller';
import { now } from '@pelagic/chassis/clock';
import type { Tx } from '@pelagic/chassis/database';
import { today } from '@pelagic/chassis/enterprise';
import { invalid, invalidField, refused, stale, type FieldError } from '@pelagic/chassis/problem';
import {
  findPipeline,
  processForNew,
  processOf,
  processWithStage,
  type Process,
} from '../pipeline/pipeline.queries.ts';
import { isOpen } from '../pipeline/stages.ts';
import { ratesFor, type SalesService } from '../sales-service.ts';
import { rateAmount } from './amount.ts';
import { opportunity, type OpportunityRow } from './opportunity.ts';
import { firstStage, mayFollow, passGates, refuseClosed, stageOf, stateIn, VERBS } from './stage-rules.ts';
import { enterStage } from './stage-stay.ts';
import { settleProbability, editOpportunity, writeOpportunity } from './write-opportunity.ts';

type Target = { process: Process; from: Stage | undefined; to: Stage };

const notNext = (from: Stage | undefined, to: Stage) =>
  refused('STAGE_NOT_NEXT', `A deal cannot go from ${from?.name ?? 'where it stands'} to ${to.name}.`, {
    params: { from: from?.name ?? '', to: to.name },
  });

/**
 * Where a move leads: within the deal's own revision; else to a stage that its pipeline got later, whose newest revision
 * it follows from then on; else into another pipeline.
 */
const targetOf = async (tx: Tx, row: OpportunityRow, stageId: string): Promise<Target> => {
  const own = await processOf(tx.sql, row);
  const within = stageOf(own, stageId);
  const found = within ? own : await processWithStage(tx.sql, stageId);
  const to = found && stageOf(found, stageId);
  if (!found || !to) throw invalidField('stageId', 'UNKNOWN_STAGE', 'There is no such stage in use.');
  const from = stageOf(found, row.stage_id);
  if (from && !mayFollow(found, from, to)) throw notNext(from, to);
  if (within || found.pipelineId === row.pipeline_id) return { process: found, from, to };
  if (!isOpen(to)) throw notNext(stageOf(own, row.stage_id), to);
  await processForNew(tx.sql, { pipelineId: found.pipelineId, departmentId: row.department_id, imported: false });
  return { process: found, from, to };
};

type Closing = Pick<MoveOpportunityRequest, 'lostReason' | 'closeNote'>;

/** Writes why a deal ends, which only a move that ends it may bring. */
const writeClosing = async (
  tx: Tx,
  row: OpportunityRow,
  to: Stage,
  { lostReason, closeNote }: Closing,
): Promise<void> => {
  const state = stateIn(to);
  const reason = lostReason.trim();
  const errors: FieldError[] = [];
  if (reason && state !== 'OPPORTUNITY_STATE_LOST')
    errors.push({
      field: 'lostReason',
      reason: 'ONLY_WHEN_LOST',
      message: 'Only a lost deal has a reason for its loss.',
    });
  if (closeNote.trim() && isOpen(to))
    errors.push({
      field: 'closeNote',
      reason: 'ONLY_WHEN_CLOSED',
      message: 'Only a deal that is closed has this note.',
    });
  if (reason && state === 'OPPORTUNITY_STATE_LOST') {
    const offered = (await findPipeline(tx.sql, row.pipeline_id))?.lost_reasons ?? [];
    if (offered.length && !offered.includes(reason))
      errors.push({
        field: 'lostReason',
        reason: 'UNKNOWN_VALUE',
        message: 'Choose one of the reasons of the pipeline.',
        params: { value: reason },
      });
  }
  if (errors.length) throw invalid(...errors);
  row.lost_reason = reason;
  row.close_note = closeNote.trim();
};

const standIn = (row: OpportunityRow, { process, from, to }: Target): void => {
  row.pipeline_id = process.pipelineId;
  row.pipeline_revision = process.revision;
  row.stage_id = to.id;
  row.stage_time = now().toISOString();
  row.state = stateIn(to);
  settleProbability(row, to, false);
  if (isOpen(to)) return;
  row.last_stage_id = from?.id ?? null;
  row.close_date = today();
};

type Move = Omit<MoveOpportunityRequest, 'id' | 'validateOnly'>;

/** Moves a deal to a stage with the fields that come along. Of two moves that saw the same version, one wins. */
export const moveOpportunity = async (
  service: SalesService,
  tx: Tx,
  id: string,
  move: Move,
  caller: Caller,
): Promise<OpportunityRow> => {
  const locked = await lockRecord<OpportunityRow>(tx, opportunity, id, caller, { action: 'update' });
  if (move.version && move.version !== locked.version) throw stale('opportunity', locked.version);
  const mask = move.updateMask ?? [];
  const writeBy = (write: typeof writeOpportunity) => async (row: OpportunityRow) => {
    if (move.opportunity && mask.length) await write(service, tx, row, move.opportunity, mask, caller);
  };
  if (move.stageId === locked.stage_id)
    return applyChange(tx, opportunity, locked, { verb: 'updated', reason: move.reason }, writeBy(editOpportunity));
  refuseClosed(locked);
  const target = await targetOf(tx, locked, move.stageId);
  const saved = await applyChange(
    tx,
    opportunity,
    locked,
    { verb: VERBS[stateIn(target.to)], reason: move.reason },
    async (row) => {
      await writeBy(writeOpportunity)(row);
      await writeClosing(tx, row, target.to, move);
      passGates(row, target.process, target.from, target.to);
      standIn(row, target);
      if (row.close_date) await rateAmount(row, row.close_date, ratesFor(service));
    },
  );
  await enterStage(tx, saved, target.to, move.reason);
  return saved;
};

/** Back to the stage that a closed deal stood in before, with a reason. */
export const reopenOpportunity = async (
  service: SalesService,
  tx: Tx,
  id: string,
  caller: Caller,
  { reason, version }: { reason: string; version: number },
): Promise<OpportunityRow> => {
  let stage: Stage | undefined;
  const saved = await changeRecord<OpportunityRow>(
    tx,
    opportunity,
    id,
    caller,
    { action: 'reopen', verb: 'reopened', version, reason },
    async (row) => {
      if (row.state === 'OPPORTUNITY_STATE_OPEN') throw refused('OPPORTUNITY_OPEN', 'This deal is open.');
      const process = await processOf(tx.sql, row);
      stage = (row.last_stage_id ? stageOf(process, row.last_stage_id) : undefined) ?? firstStage(process);
      Object.assign(row, {
        stage_id: stage.id,
        state: 'OPPORTUNITY_STATE_OPEN',
        stage_time: now().toISOString(),
        close_date: null,
        lost_reason: '',
        close_note: '',
        last_stage_id: null,
      });
      settleProbability(row, stage, false);
      await rateAmount(row, today(), ratesFor(service));
    },
  );
  await enterStage(tx, saved, stage!, reason);
  return saved;
};

/** Sets which items of the checklists are ticked. */
export const checkItems = (
  tx: Tx,
  id: string,
  itemIds: string[],
  caller: Caller,
  version: number,
): Promise<OpportunityRow> =>
  changeRecord<OpportunityRow>(
    tx,
    opportunity,
    id,
    caller,
    { action: 'update', verb: 'updated', version },
    async (row) => {
      refuseClosed(row);
      const items = new Set(
        (await processOf(tx.sql, row)).stages.flatMap(({ checklist }) => checklist.map((item) => item.id)),
      );
      const unknown = itemIds.flatMap((item, index): FieldError[] =>
        items.has(item)
          ? []
          : [
              {
                field: `itemIds[${index}]`,
                reason: 'UNKNOWN_ITEM',
                message: 'The stages of this deal have no such item.',
              },
            ],
      );
      if (unknown.length) throw invalid(...unknown);
      row.checked_items = [...new Set(itemIds)].toSorted();
    },
  );
