import { queryable } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import { invalidField, Problem } from '@pelagic/chassis/problem';
import type { Pipeline, Stage } from '@pelagic/proto/crm/sales/v1/pipeline';
import type { Cube, Steps } from '../cubes/cube.ts';
import type { Directory } from '../directory/directory.ts';
import { said } from '../question/labels.ts';

/** The three named definitions of a funnel. */
export type FunnelDefinition = 'snapshot' | 'cohort' | 'transition';

export type Step = { key: string; label: string };

/** The steps of a funnel: those passed through, the goal last, and how a record may end otherwise. */
export type Path = Pick<Steps, 'drops' | 'excluded'> & {
  steps: Step[];
  pipelineId: string;
  /** Column with the reason of an end. */
  reason: string;
};

const CLOSING = new Set(['STAGE_CATEGORY_WON', 'STAGE_CATEGORY_LOST', 'STAGE_CATEGORY_INVALID']);

const pipelineOf = (directory: Directory, id: string): Pipeline | undefined => {
  const all = [...directory.pipelines.values()];
  return id ? directory.pipelines.get(id) : (all.find((pipeline) => pipeline.default) ?? all[0]);
};

/** The open stages in order. One that only earlier revisions knew stands behind the stage that it stood behind there. */
export const openStages = (pipeline: Pipeline, revisions: readonly Pipeline[]): Stage[] => {
  const ordered = [...pipeline.stages];
  const earlier = revisions.filter(({ id }) => id === pipeline.id).toSorted((a, b) => b.revision - a.revision);
  for (const { stages } of earlier) {
    for (const [index, stage] of stages.entries()) {
      if (ordered.some(({ id }) => id === stage.id)) continue;
      const before = ordered.findIndex(({ id }) => id === stages[index - 1]?.id);
      ordered.splice(before + 1, 0, stage);
    }
  }
  return ordered.filter(({ category }) => !CLOSING.has(category));
};

export const pathOf = (cube: Cube, directory: Directory, caller: Caller, pipelineId: string): Path => {
  const { keys, drops, excluded, labels, field } = cube.steps!;
  if (!queryable(caller, cube.noun, field))
    throw new Problem(
      'PERMISSION_DENIED',
      'FIELD_NOT_READABLE',
      `Your role may not read what this funnel is made of.`,
      { params: { field } },
    );
  const reason = queryable(caller, cube.noun, cube.steps!.reason.field) ? cube.steps!.reason.column : 'step';
  const labelled = (key: string): Step => ({ key, label: labels[key] ? said(caller, labels[key]) : key });
  if (Array.isArray(keys)) return { steps: keys.map(labelled), drops, excluded, reason, pipelineId: '' };
  const pipeline = pipelineOf(directory, pipelineId);
  if (!pipeline && pipelineId) throw invalidField('pipelineId', 'NOT_FOUND', 'There is no such pipeline.');
  const stages = pipeline ? openStages(pipeline, directory.pipelineRevisions) : [];
  return {
    steps: [...stages.map(({ id, name }) => ({ key: id, label: name })), labelled(keys.goal)],
    drops,
    excluded,
    reason,
    pipelineId: pipeline?.id ?? '',
  };
};
