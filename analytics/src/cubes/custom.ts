import { customColumn, type CustomDefinition, type CustomKind } from '../facts/custom.ts';
import type { Cube, Dimension, DimensionKind, Measure, Text } from './cube.ts';

const KINDS: Partial<Record<CustomKind, DimensionKind>> = {
  TEXT: 'text',
  CHOICE: 'choice',
  CHOICES: 'choices',
  EMPLOYEE: 'employee',
};

const labelOf = ({ label, labelEn }: { label: string; labelEn: string }): Text => ({ zh: label, en: labelEn || label });

/** Custom fields that figures can be cut by, as `custom.<slug>`. */
export const customDimensions = (definitions: CustomDefinition[]): Record<string, Dimension> =>
  Object.fromEntries(
    definitions.flatMap((definition): [string, Dimension][] => {
      const kind = KINDS[definition.kind];
      if (!kind) return [];
      const label = labelOf(definition);
      const name = `custom.${definition.slug}`;
      const dimension: Dimension = {
        label,
        description: {
          zh: `自定义字段“${label.zh}”的现值。`,
          en: `The custom field “${label.en}”, as the record has it now.`,
        },
        kind,
        from: 'fact',
        column: customColumn(definition.slug),
        field: name,
        ...(definition.choices.length && {
          values: Object.fromEntries(definition.choices.map((choice) => [choice.slug, labelOf(choice)])),
        }),
      };
      return [[name, dimension]];
    }),
  );

/** Sums of custom numbers and amounts over the records created in the period, as `custom.<slug>`. */
export const customMeasures = (cube: Cube, definitions: CustomDefinition[]): Record<string, Measure> =>
  Object.fromEntries(
    definitions.flatMap((definition): [string, Measure][] => {
      if (!cube.moments['create'] || (definition.kind !== 'NUMBER' && definition.kind !== 'MONEY')) return [];
      const label = labelOf(definition);
      const name = `custom.${definition.slug}`;
      const measure: Measure = {
        label,
        description: {
          zh: `期内新增记录的“${label.zh}”之和。`,
          en: `Sum of “${label.en}” over the records created in the period.`,
        },
        unit: definition.kind === 'MONEY' ? 'money' : 'count',
        moment: 'create',
        value: `ifNull(f.${customColumn(definition.slug)}, 0)`,
        fields: [name],
      };
      return [[name, measure]];
    }),
  );
