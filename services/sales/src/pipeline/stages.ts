import type { Stage } from '@pelagic/proto/crm/sales/v1/pipeline';
import { fieldNamed, messageType } from '@pelagic/proto/contract';
import type { Reason } from '@pelagic/proto/reason';
import type { FieldError } from '@pelagic/chassis/problem';

/** What a stage means for the deal that stands in it. */
export const isOpen = ({ category }: Pick<Stage, 'category'>): boolean =>
  !['STAGE_CATEGORY_WON', 'STAGE_CATEGORY_LOST', 'STAGE_CATEGORY_INVALID'].includes(category);

/** Fields that a stage can ask for: what people write, and what a move that closes brings. */
const NEVER_ASKED = new Set([
  'version',
  'name',
  'pipeline_id',
  'probability',
  'probability_reason',
  'owner_id',
  'department_id',
  'external_id',
  'custom',
]);
const ASKED_AT_CLOSING = new Set(['lost_reason', 'close_note']);

const OPPORTUNITY = messageType('crm.sales.v1.Opportunity');

/** The .proto name of a field that a stage asks for, however it was written; undefined when it cannot be asked for. */
export const requirable = (name: string, open: boolean, slugs: ReadonlySet<string>): string | undefined => {
  if (name.startsWith('custom.')) return slugs.has(name.slice(7)) ? name : undefined;
  const field = fieldNamed(OPPORTUNITY, name);
  if (!field || NEVER_ASKED.has(field.name)) return undefined;
  if (ASKED_AT_CLOSING.has(field.name)) return open ? undefined : field.name;
  return field.rules?.outputOnly ? undefined : field.name;
};

/** The stages without the custom fields that they cannot ask for. */
export const asking = (stages: Stage[], asks: (slug: string) => boolean): Stage[] =>
  stages.map((stage) => ({
    ...stage,
    requiredFields: stage.requiredFields.filter((name) => !name.startsWith('custom.') || asks(name.slice(7))),
  }));

const at = (index: number, rest: string): string => `pipeline.stages[${index}].${rest}`;

const probabilityErrors = (stage: Stage, index: number): FieldError[] => {
  const fixed = stage.category === 'STAGE_CATEGORY_WON' ? 100 : 0;
  if (isOpen(stage) || stage.probability === fixed) return [];
  return [
    {
      field: at(index, 'probability'),
      reason: 'PROBABILITY_OF_CLOSED',
      message: `The probability of this stage can only be ${fixed}.`,
      params: { probability: fixed },
    },
  ];
};

const nextErrors = (stage: Stage, index: number, ids: Set<string>): FieldError[] =>
  stage.nextStageIds.flatMap((id, position): FieldError[] => {
    const field = at(index, `nextStageIds[${position}]`);
    if (!isOpen(stage))
      return [
        { field, reason: 'CLOSED_HAS_NO_NEXT', message: 'A deal leaves a closing stage by being reopened only.' },
      ];
    if (!ids.has(id) || id === stage.id)
      return [{ field, reason: 'UNKNOWN_STAGE', message: 'This is no other stage of the pipeline.' }];
    return [];
  });

const contentErrors = (stage: Stage, index: number, slugs: ReadonlySet<string>): FieldError[] => [
  ...stage.requiredFields.flatMap((name, position): FieldError[] =>
    requirable(name, isOpen(stage), slugs)
      ? []
      : [
          {
            field: at(index, `requiredFields[${position}]`),
            reason: 'CANNOT_BE_REQUIRED',
            message: `${name} is no field that this stage could ask for.`,
            params: { field: name },
          },
        ],
  ),
  ...(!isOpen(stage) && stage.checklist.length
    ? [
        {
          field: at(index, 'checklist'),
          reason: 'CLOSED_HAS_NO_CHECKLIST' as const,
          message: 'A deal does not move on from here, so nothing can be ticked before it does.',
        },
      ]
    : []),
];

const doubled = (values: string[], field: (index: number) => string, message: string): FieldError[] =>
  values.flatMap((value, index): FieldError[] =>
    value && values.indexOf(value) < index ? [{ field: field(index), reason: 'DUPLICATE', message }] : [],
  );

const count = (stages: Stage[], category: Stage['category']): number =>
  stages.filter((stage) => stage.category === category).length;

const wholeErrors = (stages: Stage[]): FieldError[] => {
  const error = (missed: boolean, reason: Reason, message: string): FieldError[] =>
    missed ? [{ field: 'pipeline.stages', reason, message }] : [];
  const firstClosing = stages.findIndex((stage) => !isOpen(stage));
  return [
    ...error(!stages.some(isOpen), 'OPEN_STAGE_MISSING', 'A pipeline needs at least one open stage.'),
    ...error(
      count(stages, 'STAGE_CATEGORY_WON') !== 1,
      'ONE_WON_STAGE',
      'A pipeline has exactly one stage for won deals.',
    ),
    ...error(!count(stages, 'STAGE_CATEGORY_LOST'), 'LOST_STAGE_MISSING', 'A pipeline needs a stage for lost deals.'),
    ...error(
      count(stages, 'STAGE_CATEGORY_INVALID') !== 1,
      'ONE_INVALID_STAGE',
      'A pipeline has exactly one stage for what turns out to be no deal.',
    ),
    ...stages.flatMap((stage, index): FieldError[] =>
      isOpen(stage) && firstClosing >= 0 && index > firstClosing
        ? [
            {
              field: at(index, 'category'),
              reason: 'OPEN_AFTER_CLOSING',
              message: 'Open stages come before those that close a deal.',
            },
          ]
        : [],
    ),
  ];
};

/** Everything that is wrong with the stages of a pipeline. `slugs` are the custom fields of opportunities. */
export const stageErrors = (stages: Stage[], slugs: ReadonlySet<string>): FieldError[] => {
  const ids = new Set(stages.map(({ id }) => id));
  return [
    ...wholeErrors(stages),
    ...doubled(
      stages.map(({ id }) => id),
      (index) => at(index, 'id'),
      'Another stage has this id already.',
    ),
    ...doubled(
      stages.map(({ name }) => name.trim().toLowerCase()),
      (index) => at(index, 'name'),
      'Another stage has this name already.',
    ),
    ...doubled(
      stages.flatMap(({ checklist }) => checklist.map(({ id }) => id)),
      () => 'pipeline.stages',
      'Two items of the checklists have the same id.',
    ),
    ...stages.flatMap((stage, index) => [
      ...probabilityErrors(stage, index),
      ...nextErrors(stage, index, ids),
      ...contentErrors(stage, index, slugs),
    ]),
  ];
};
