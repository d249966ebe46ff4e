import { api, body } from '#lib/api/client.ts';
import { asProblem, type Problem } from '#lib/api/problem.ts';
import { m } from '#lib/paraglide/messages.js';
import { saved } from '#lib/record/done.ts';
import { sayOvertaken } from '#lib/record/overtaken.ts';
import { openModal } from '#lib/ui/modal.svelte.ts';
import { sayProblem } from '#lib/ui/toast.svelte.ts';
import MoveDialog from './MoveDialog.svelte';
import { opportunity as noun, type Opportunity } from './opportunity.ts';
import type { Stage } from './pipelines.svelte.ts';

/** What a move brings along besides the stage. */
export interface Along {
  /** By field key, wrapped as a request carries it. */
  fields?: Record<string, unknown>;
  lostReason?: string;
  closeNote?: string;
  /** Checklist items that were ticked for it. */
  itemIds?: string[];
}

/** The call itself. Throws the Problem of a refusal, with everything that is missing as field errors. */
export async function sendMove(deal: Opportunity, stage: Stage, along: Along = {}): Promise<Opportunity> {
  const path = { id: deal.id };
  let { version } = deal;
  if (along.itemIds?.length) {
    const itemIds = [...deal.checkedItems, ...along.itemIds];
    version = (await body(api.POST('/v1/opportunities/{id}:check', { params: { path }, body: { itemIds, version } })))
      .version;
  }
  const request = {
    stageId: stage.id,
    version,
    ...(along.lostReason ? { lostReason: along.lostReason } : {}),
    ...(along.closeNote ? { closeNote: along.closeNote } : {}),
    ...fieldsOf(along.fields ?? {}),
  };
  return body(api.POST('/v1/opportunities/{id}:move', { params: { path }, body: request }));
}

function fieldsOf(fields: Record<string, unknown>) {
  const keys = Object.keys(fields);
  if (keys.length === 0) return {};
  const custom = keys
    .filter((key) => key.startsWith('custom.'))
    .map((key) => [key.slice('custom.'.length), fields[key]] as const);
  const plain = Object.fromEntries(keys.filter((key) => !key.startsWith('custom.')).map((key) => [key, fields[key]]));
  const opportunity = { ...plain, ...(custom.length > 0 ? { custom: Object.fromEntries(custom) } : {}) };
  return { opportunity: opportunity as never, updateMask: keys.join(',') };
}

const asks = (problem: Problem): boolean => problem.code === 'INVALID_ARGUMENT' && problem.fields.length > 0;
const endsBadly = ({ category }: Stage): boolean =>
  category === 'STAGE_CATEGORY_LOST' || category === 'STAGE_CATEGORY_INVALID';

/**
 * Moves a deal to a stage and asks for what the stage requires; how a deal was lost is always asked.
 * Undefined when the person thinks better of it or the service refuses, which is said.
 */
export async function moveDeal(deal: Opportunity, stage: Stage): Promise<Opportunity | undefined> {
  const moved = await attempt(deal, stage);
  if (moved) await saved(noun, moved, m.opportunity_moved({ stage: stage.name }));
  return moved;
}

async function attempt(deal: Opportunity, stage: Stage): Promise<Opportunity | undefined> {
  if (endsBadly(stage)) return openModal(MoveDialog, { deal, stage, problem: null });
  try {
    return await sendMove(deal, stage);
  } catch (error) {
    const problem = asProblem(error);
    if (asks(problem)) return openModal(MoveDialog, { deal, stage, problem });
    if (problem.isConflict) await sayOvertaken(noun.resource, deal, problem);
    else sayProblem(problem);
    return undefined;
  }
}
