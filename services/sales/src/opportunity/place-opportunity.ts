import type { Stage } from '@pelagic/proto/crm/sales/v1/pipeline';
import type { Reason } from '@pelagic/proto/reason';
import type { Caller } from '@pelagic/chassis/caller';
import { dateIn, now, startOfDate } from '@pelagic/chassis/clock';
import type { Tx } from '@pelagic/chassis/database';
import { enterpriseTimeZone } from '@pelagic/chassis/enterprise';
import { invalidField } from '@pelagic/chassis/problem';
import { applyChange, lockRecord } from '@pelagic/capabilities/record/records';
import { processOf, type Process } from '../pipeline/pipeline.queries.ts';
import { isOpen } from '../pipeline/stages.ts';
import { ratesFor, type SalesService } from '../sales-service.ts';
import { rateAmount } from './amount.ts';
import { opportunity, type OpportunityRow } from './opportunity.ts';
import { firstStage, stageOf, stateIn, VERBS } from './stage-rules.ts';
import { enterStage } from './stage-stay.ts';
import { settleProbability } from './write-opportunity.ts';

/** Where a deal stands that came about elsewhere. What closed it counts only in history. */
export type Place = { stageId?: string; closeDate?: string; lostReason?: string; closeNote?: string };

/** While a row of the past is taken in, the injected clock shows the day on which it began. */
const actualToday = (): string => dateIn(enterpriseTimeZone(), new Date());

const closeDateOf = ({ closeDate }: Place, createDate: string): string => {
  const refuse = (reason: Reason, message: string) => invalidField('opportunity.closeDate', reason, message);
  if (!closeDate) throw refuse('REQUIRED', 'A deal that is closed has a day on which it was.');
  if (closeDate > actualToday()) throw refuse('DATE_IN_FUTURE', 'A deal cannot have been closed on a day to come.');
  if (closeDate < createDate)
    throw refuse('CLOSED_BEFORE_CREATED', 'The deal cannot have been closed before it was created.');
  return closeDate;
};

/** A closed deal came to its last stage on the day it was closed, and not before it began. */
const closedSince = (row: OpportunityRow, closeDate: string): string => {
  const began = new Date(row.create_time ?? row.stage_time);
  const closed = startOfDate(enterpriseTimeZone(), closeDate);
  return (began > closed ? began : closed).toISOString();
};

const sameInstant = (a: string, b: string): boolean => Date.parse(a) === Date.parse(b);

/** Puts a deal where it stood in the past: gates stay quiet, dates are its own. Closed only comes in with history. */
export const placeDeal = (row: OpportunityRow, process: Process, place: Place, caller: Caller): void => {
  const stage = place.stageId ? stageOf(process, place.stageId) : firstStage(process);
  if (!stage)
    throw invalidField('opportunity.stageId', 'UNKNOWN_STAGE', 'The pipeline of this deal has no such stage.');
  const state = stateIn(stage);
  const closed = state !== 'OPPORTUNITY_STATE_OPEN';
  if (closed && !caller.imported)
    throw invalidField('opportunity.stageId', 'CLOSED_IS_HISTORY', 'A closed deal comes in as history only.');
  if (!closed && place.closeDate)
    throw invalidField('opportunity.closeDate', 'NOT_CLOSED', 'A deal that is open has no close date.');
  row.close_date = closed ? closeDateOf(place, row.create_date) : null;
  if (closed && row.state === 'OPPORTUNITY_STATE_OPEN') row.last_stage_id = row.stage_id || null;
  if (row.stage_id && row.stage_id !== stage.id) row.stage_time = now().toISOString();
  row.stage_id = stage.id;
  row.state = state;
  row.lost_reason = state === 'OPPORTUNITY_STATE_LOST' ? (place.lostReason ?? '') : '';
  row.close_note = closed ? (place.closeNote ?? '') : '';
  const since = row.close_date && closedSince(row, row.close_date);
  if (since && !sameInstant(since, row.stage_time)) row.stage_time = since;
};

/** What a file leaves out stays as it is. */
const completed = (place: Place, stage: Stage, { close_date, lost_reason, close_note }: OpportunityRow): Place => ({
  ...(!isOpen(stage) && close_date && { closeDate: close_date }),
  lostReason: lost_reason,
  closeNote: close_note,
  ...place,
  stageId: stage.id,
});

/** Moves a deal as a file of the past says that it stood, whatever the pipeline's gates would say today. */
export const placeOpportunity = async (
  service: SalesService,
  tx: Tx,
  id: string,
  place: Place,
  caller: Caller,
): Promise<OpportunityRow> => {
  const locked = await lockRecord<OpportunityRow>(tx, opportunity, id, caller, { action: 'update' });
  const process = await processOf(tx.sql, locked);
  const stage = stageOf(process, place.stageId ?? locked.stage_id) ?? firstStage(process);
  const reopens = locked.state !== 'OPPORTUNITY_STATE_OPEN' && stateIn(stage) === 'OPPORTUNITY_STATE_OPEN';
  const verb = stage.id === locked.stage_id ? 'updated' : reopens ? 'reopened' : VERBS[stateIn(stage)];
  const saved = await applyChange(tx, opportunity, locked, { verb }, async (row) => {
    placeDeal(row, process, completed(place, stage, locked), caller);
    settleProbability(row, stage, false);
    if (reopens) row.last_stage_id = null;
    if (row.state === 'OPPORTUNITY_STATE_WON' && row.amount === null)
      throw invalidField('opportunity.amount', 'REQUIRED', 'A deal that was won has an amount.');
    if (row.close_date && row.close_date !== locked.close_date)
      await rateAmount(row, row.close_date, ratesFor(service));
  });
  if (saved.stage_id !== locked.stage_id) await enterStage(tx, saved, stage);
  return saved;
};
