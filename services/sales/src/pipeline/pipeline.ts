import type { Pipeline, Stage } from '@pelagic/proto/crm/sales/v1/pipeline';
import { defineNoun } from '@pelagic/capabilities/record/noun';
import type { RecordRow } from '@pelagic/capabilities/record/records';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { invalid, type FieldError } from '@pelagic/chassis/problem';
import { sql } from 'kysely';
import { asking, isOpen, requirable, stageErrors } from './stages.ts';

export type PipelineRow = RecordRow & {
  name: string;
  stages: Stage[];
  department_ids: string[];
  active: boolean;
  default: boolean;
  lost_reasons: string[];
  revision: number;
};

/** Everybody works with pipelines; who may change them is a permission, and not a matter of whose they are. */
export const pipeline = defineNoun({
  noun: 'pipeline',
  search: { open: ['name'], guarded: [] },
  reach: () => sql<boolean>`true`,
  order: 'name',
});

/** Stages as they are stored: names trimmed, ids given to what is new, required fields under their .proto names. */
const tidyStages = (stages: Stage[], slugs: ReadonlySet<string>): Stage[] =>
  stages.map((stage) => ({
    ...stage,
    id: stage.id || uuidv7(),
    name: stage.name.trim(),
    requiredFields: [...new Set(stage.requiredFields.map((name) => requirable(name, isOpen(stage), slugs) ?? name))],
    checklist: stage.checklist.map((item) => ({ id: item.id || uuidv7(), text: item.text.trim() })),
  }));

const wholeErrors = ({ active, default: standard, departmentIds }: Pipeline, wasDefault: boolean): FieldError[] => {
  if (wasDefault && !standard)
    return [
      {
        field: 'pipeline.default',
        reason: 'DEFAULT_NEEDED',
        message: 'Make another pipeline the default one instead: there is always one.',
      },
    ];
  if (standard && !active)
    return [
      { field: 'pipeline.active', reason: 'DEFAULT_IS_ACTIVE', message: 'The default pipeline cannot be out of use.' },
    ];
  if (standard && departmentIds.length)
    return [
      {
        field: 'pipeline.departmentIds',
        reason: 'DEFAULT_IS_FOR_ALL',
        message: 'The default pipeline is for everybody.',
      },
    ];
  return [];
};

/**
 * The columns that a message makes of a pipeline beside the custom fields of opportunities; one that was retired while
 * somebody drew the stages is dropped. Throws all that is wrong with it at once.
 */
export const writePipeline = (
  message: Pipeline,
  before: Pick<PipelineRow, 'default'> | undefined,
  slugs: { used: ReadonlySet<string>; retired: ReadonlySet<string> },
): Omit<PipelineRow, keyof RecordRow | 'revision'> => {
  const stages = tidyStages(
    asking(message.stages, (slug) => !slugs.retired.has(slug)),
    slugs.used,
  );
  const errors = [...wholeErrors(message, before?.default ?? false), ...stageErrors(stages, slugs.used)];
  if (errors.length) throw invalid(...errors);
  return {
    name: message.name.trim(),
    stages,
    department_ids: [...new Set(message.departmentIds)],
    active: message.active,
    default: message.default,
    lost_reasons: [...new Set(message.lostReasons.map((reason) => reason.trim()).filter(Boolean))],
  };
};
