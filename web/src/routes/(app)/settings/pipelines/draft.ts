import type { Schemas } from '#lib/api/client.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Pipeline, Stage } from '../../opportunities/pipelines.svelte.ts';

export type Category = Exclude<Stage['category'], 'STAGE_CATEGORY_UNSPECIFIED'>;

export const OPEN: { value: Category; label: () => string }[] = [
  { value: 'STAGE_CATEGORY_PIPELINE', label: m.category_pipeline },
  { value: 'STAGE_CATEGORY_BEST_CASE', label: m.category_best_case },
  { value: 'STAGE_CATEGORY_COMMIT', label: m.category_commit },
];

export const isOpen = ({ category }: Stage): boolean => OPEN.some(({ value }) => value === category);

const CLOSING: Partial<Record<Stage['category'], () => string>> = {
  STAGE_CATEGORY_WON: m.opportunity_state_won,
  STAGE_CATEGORY_LOST: m.opportunity_state_lost,
  STAGE_CATEGORY_INVALID: m.opportunity_state_invalid,
};
export const closingLabel = ({ category }: Stage): string => CLOSING[category]?.() ?? '';

export function newStage(category: Category, name = '', probability = 0): Stage {
  return {
    id: crypto.randomUUID(),
    name,
    category,
    probability,
    maxDays: 0,
    requiredFields: [],
    checklist: [],
    nextStageIds: [],
    guidance: '',
  };
}

/** What a new pipeline begins as: the stages of another one, as stages of its own, or the shortest that works. */
export function blankPipeline(like: Pipeline | undefined): Pipeline {
  return {
    id: '',
    version: 0,
    revision: 0,
    name: '',
    stages: like ? copies(like.stages) : shortest(),
    departmentIds: [],
    active: true,
    default: false,
    lostReasons: like?.lostReasons ?? [],
  };
}

function shortest(): Stage[] {
  return [
    newStage('STAGE_CATEGORY_PIPELINE', m.stage_first(), 20),
    newStage('STAGE_CATEGORY_WON', m.opportunity_state_won(), 100),
    newStage('STAGE_CATEGORY_LOST', m.opportunity_state_lost()),
    newStage('STAGE_CATEGORY_INVALID', m.opportunity_state_invalid()),
  ];
}

function copies(stages: Stage[]): Stage[] {
  const ids = new Map(stages.map(({ id }) => [id, crypto.randomUUID() as string]));
  return stages.map((stage) => ({
    ...stage,
    id: ids.get(stage.id) ?? '',
    nextStageIds: stage.nextStageIds.flatMap((id) => ids.get(id) ?? []),
    checklist: stage.checklist.map(({ text }) => ({ id: crypto.randomUUID(), text })),
  }));
}

const CUSTOMER = 'customer_id';

/** Id of the open stage from which on a deal needs a customer; empty when none asks for one. */
export function customerFrom(stages: readonly Stage[]): string {
  return stages.find((stage) => isOpen(stage) && stage.requiredFields.includes(CUSTOMER))?.id ?? '';
}

export function withCustomerFrom(stages: readonly Stage[], id: string): Stage[] {
  return stages.map((stage) => {
    if (!isOpen(stage)) return stage;
    const others = stage.requiredFields.filter((field) => field !== CUSTOMER);
    return { ...stage, requiredFields: stage.id === id ? [CUSTOMER, ...others] : others };
  });
}

/** One item a line. An item keeps its identity, and with it the ticks of deals, while it keeps its text or its place. */
export function checklistOf(text: string, before: Stage['checklist']): Stage['checklist'] {
  const lines = linesOf(text);
  const kept = new Map(before.map((item) => [item.text, item.id]));
  const sameLength = lines.length === before.length;
  return lines.map((line, index) => ({
    id: kept.get(line) ?? (sameLength ? (before[index]?.id ?? crypto.randomUUID()) : crypto.randomUUID()),
    text: line,
  }));
}

export function linesOf(text: string): string[] {
  return [...new Set(text.split('\n').map((line) => line.trim()))].filter(Boolean);
}

/** The pipeline as a request carries it. */
export function toInput({ version, name, stages, departmentIds, active, default: isDefault, lostReasons }: Pipeline) {
  return {
    version,
    name,
    departmentIds,
    active,
    default: isDefault,
    lostReasons,
    stages: stages.map((stage) => ({ ...stage, category: stage.category as Category })),
  } satisfies Schemas['PipelineInput'];
}
