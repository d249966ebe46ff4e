import type { Opportunity } from './opportunity.ts';
import type { Stage } from './pipelines.svelte.ts';

/**
 * What stands between a deal and a stage, as the sales service judges it, so that a step can say so before it is taken.
 * The service has the last word.
 */
export interface Gate {
  /** The process allows the step. */
  allowed: boolean;
  /** JSON names of fields that must be filled, `lostReason` among them. */
  fields: string[];
  /** Texts of checklist items that are still to be done. */
  items: string[];
}

const isOpen = ({ category }: Stage): boolean =>
  category === 'STAGE_CATEGORY_PIPELINE' ||
  category === 'STAGE_CATEGORY_BEST_CASE' ||
  category === 'STAGE_CATEGORY_COMMIT';

const endsBadly = ({ category }: Stage): boolean =>
  category === 'STAGE_CATEGORY_LOST' || category === 'STAGE_CATEGORY_INVALID';

const toJsonName = (path: string): string =>
  path.startsWith('custom.') ? path : path.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** Named successors only; else the next open stage, any earlier one, and those that close. */
function mayFollow(stages: Stage[], from: number, to: number): boolean {
  const [here, there] = [stages[from], stages[to]];
  if (!here || !there) return there !== undefined;
  if (here.nextStageIds.length > 0) return here.nextStageIds.includes(there.id);
  return !isOpen(there) || to <= from + 1;
}

function isFilled(deal: Opportunity, field: string): boolean {
  const value = field.startsWith('custom.')
    ? deal.custom[field.slice('custom.'.length)]
    : (deal as unknown as Record<string, unknown>)[field];
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null && value !== '';
}

/** Its own fields and those of the open stages before it. */
function askedFields(stages: Stage[], to: number): string[] {
  const target = stages[to];
  if (!target) return [];
  const passed = endsBadly(target)
    ? [target]
    : stages.slice(0, to + 1).filter((stage) => isOpen(stage) || stage === target);
  const fields = passed.flatMap(({ requiredFields }) => requiredFields.map(toJsonName));
  if (target.category === 'STAGE_CATEGORY_WON') fields.push('amount');
  if (target.category === 'STAGE_CATEGORY_LOST') fields.push('lostReason');
  return [...new Set(fields)];
}

export function gateTo(deal: Opportunity, stages: Stage[], stageId: string): Gate {
  const from = stages.findIndex(({ id }) => id === deal.stageId);
  const to = stages.findIndex(({ id }) => id === stageId);
  const target = stages[to];
  if (!target) return { allowed: false, fields: [], items: [] };
  const left = from < 0 || endsBadly(target) ? [] : stages.slice(from, to).filter(isOpen);
  return {
    allowed: deal.state === 'OPPORTUNITY_STATE_OPEN' && mayFollow(stages, from, to),
    fields: askedFields(stages, to).filter((field) => !isFilled(deal, field)),
    items: left.flatMap(({ checklist }) =>
      checklist.filter(({ id }) => !deal.checkedItems.includes(id)).map(({ text }) => text),
    ),
  };
}
