import type { Stage } from '@pelagic/proto/crm/sales/v1/pipeline';
import { fieldNamed, messageType } from '@pelagic/proto/contract';
import { invalid, refused, type FieldError } from '@pelagic/chassis/problem';
import type { Process } from '../pipeline/pipeline.queries.ts';
import { isOpen } from '../pipeline/stages.ts';
import type { OpportunityRow, OpportunityState } from './opportunity.ts';

/** What the stage of a category makes of the deal. */
export const stateIn = ({ category }: Stage): OpportunityState => {
  if (category === 'STAGE_CATEGORY_WON') return 'OPPORTUNITY_STATE_WON';
  if (category === 'STAGE_CATEGORY_LOST') return 'OPPORTUNITY_STATE_LOST';
  return category === 'STAGE_CATEGORY_INVALID' ? 'OPPORTUNITY_STATE_INVALID' : 'OPPORTUNITY_STATE_OPEN';
};

/** Past verb of the event that tells of a move there. */
export const VERBS: Record<OpportunityState, string> = {
  OPPORTUNITY_STATE_OPEN: 'moved',
  OPPORTUNITY_STATE_WON: 'won',
  OPPORTUNITY_STATE_LOST: 'lost',
  OPPORTUNITY_STATE_INVALID: 'invalidated',
};

export const stageOf = ({ stages }: Process, id: string): Stage | undefined => stages.find((stage) => stage.id === id);

/** Its place in the process, known by its id: two readings of a process hold different objects. */
const placeOf = ({ stages }: Process, { id }: Stage): number => stages.findIndex((stage) => stage.id === id);

export const firstStage = ({ stages }: Process): Stage => stages.find(isOpen)!;

/**
 * May a deal go from one stage to another of its process? Where the stage names its successors, to these; else to the
 * next open one, back to any earlier one, and to those that close it.
 */
export const mayFollow = (process: Process, from: Stage, to: Stage): boolean => {
  if (from.nextStageIds.length) return from.nextStageIds.includes(to.id);
  if (!isOpen(to)) return true;
  return placeOf(process, to) <= placeOf(process, from) + 1;
};

/** Fields that a deal must have to stand in the stage: its own and those of the open stages before it. */
export const fieldsAsked = (process: Process, to: Stage): string[] => {
  const alone = to.category === 'STAGE_CATEGORY_LOST' || to.category === 'STAGE_CATEGORY_INVALID';
  const passed = alone
    ? [to]
    : process.stages.slice(0, placeOf(process, to) + 1).filter((stage) => isOpen(stage) || stage.id === to.id);
  const own = passed.flatMap(({ requiredFields }) => requiredFields);
  if (to.category === 'STAGE_CATEGORY_WON') own.push('amount');
  if (to.category === 'STAGE_CATEGORY_LOST') own.push('lost_reason');
  return [...new Set(own)];
};

/** What must be ticked before a deal goes forward: the items of the stage it leaves and of those it passes over. A deal that is new to the process has had no chance to. */
export const itemsAsked = (process: Process, from: Stage | undefined, to: Stage): Stage['checklist'] => {
  if (!from || to.category === 'STAGE_CATEGORY_LOST' || to.category === 'STAGE_CATEGORY_INVALID') return [];
  return process.stages
    .slice(placeOf(process, from), placeOf(process, to))
    .filter(isOpen)
    .flatMap(({ checklist }) => checklist);
};

const OPPORTUNITY = messageType('crm.sales.v1.Opportunity');

/** Field errors name a field as the request of a move has it: what only a move brings stands beside the opportunity. */
const errorField = (name: string): string => {
  if (name === 'lost_reason') return 'lostReason';
  if (name === 'close_note') return 'closeNote';
  return `opportunity.${name.startsWith('custom.') ? name : (fieldNamed(OPPORTUNITY, name)?.json ?? name)}`;
};

export const isFilled = (row: OpportunityRow, name: string): boolean => {
  const value = name.startsWith('custom.')
    ? row.custom[name.slice(7)]
    : (row as unknown as Record<string, unknown>)[name];
  return Array.isArray(value) ? value.length > 0 : value !== null && value !== undefined && value !== '';
};

export const missingFields = (row: OpportunityRow, names: string[]): FieldError[] =>
  names
    .filter((name) => !isFilled(row, name))
    .map((name) => ({
      field: errorField(name),
      reason: 'REQUIRED_BY_STAGE',
      message: 'This is needed from this stage on.',
      params: { field: name },
    }));

const openItems = (row: OpportunityRow, items: Stage['checklist']): FieldError[] =>
  items
    .filter(({ id }) => !row.checked_items.includes(id))
    .map(({ id, text }) => ({
      field: 'opportunity.checkedItems',
      reason: 'ITEM_NOT_CHECKED',
      message: `This is still to be done: ${text}`,
      params: { id, text },
    }));

/** Throws everything that stands between the deal, as it would be, and the stage; all at once. */
export const passGates = (row: OpportunityRow, process: Process, from: Stage | undefined, to: Stage): void => {
  const errors = [...missingFields(row, fieldsAsked(process, to)), ...openItems(row, itemsAsked(process, from, to))];
  if (errors.length) throw invalid(...errors);
};

export const refuseClosed = ({ state }: Pick<OpportunityRow, 'state'>): void => {
  if (state !== 'OPPORTUNITY_STATE_OPEN') throw refused('OPPORTUNITY_CLOSED', 'This deal is closed. Reopen it first.');
};

/** An open deal keeps what its stage asks for: throws when a field was emptied that it needs. */
export const keepRequired = (before: OpportunityRow, after: OpportunityRow, process: Process): void => {
  const stage = stageOf(process, after.stage_id);
  if (!stage || after.state !== 'OPPORTUNITY_STATE_OPEN') return;
  const emptied = fieldsAsked(process, stage).filter((name) => isFilled(before, name));
  const errors = missingFields(after, emptied);
  if (errors.length) throw invalid(...errors);
};
