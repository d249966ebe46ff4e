import type { CustomField } from '@pelagic/proto/crm/capability/v1/custom_field';
import { MONEY_TYPE, type Column, type State } from './column.ts';

export type CustomDefinition = Pick<CustomField, 'noun' | 'slug' | 'label' | 'labelEn' | 'choices' | 'retired'> & {
  kind: CustomKind;
};

export type CustomKind = 'TEXT' | 'NUMBER' | 'MONEY' | 'DATE' | 'CHOICE' | 'CHOICES' | 'EMPLOYEE';

type Value = {
  text?: string;
  number?: string;
  money?: { amount?: string; baseAmount?: string };
  date?: string;
  choices?: { ids?: string[] };
  employeeId?: string;
};

const SLUG = /^[a-z][a-z0-9_]{0,59}$/;

/** `custom.<slug>` of the contracts is this column. */
export const customColumn = (slug: string): string => `custom_${slug}`;

const READERS: Record<CustomKind, { type: string; read: (value: Value) => unknown }> = {
  TEXT: { type: 'String', read: ({ text }) => text ?? '' },
  NUMBER: { type: `Nullable(${MONEY_TYPE})`, read: ({ number }) => number || null },
  MONEY: { type: `Nullable(${MONEY_TYPE})`, read: ({ money }) => money?.baseAmount || money?.amount || null },
  DATE: { type: 'Nullable(Date32)', read: ({ date }) => date || null },
  CHOICE: { type: 'LowCardinality(String)', read: ({ choices }) => choices?.ids?.[0] ?? '' },
  CHOICES: { type: 'Array(LowCardinality(String))', read: ({ choices }) => choices?.ids ?? [] },
  EMPLOYEE: { type: 'LowCardinality(String)', read: ({ employeeId }) => employeeId ?? '' },
};

/** A definition as its event tells it; undefined for one that no column can be made of. */
export const definitionOf = (state: State): CustomDefinition | undefined => {
  const { noun, slug, label, labelEn, choices, retired } = state as unknown as CustomField;
  const kind = String(state['kind']).replace('CUSTOM_FIELD_KIND_', '') as CustomKind;
  if (!SLUG.test(slug) || !READERS[kind]) return undefined;
  return { noun, slug, label, labelEn, choices: choices ?? [], retired: retired ?? false, kind };
};

/** The typed columns of a noun's custom fields. */
export const customColumns = (definitions: CustomDefinition[]): Record<string, Column> =>
  Object.fromEntries(
    definitions.map(({ slug, kind }) => {
      const { type, read } = READERS[kind];
      const column: Column = {
        type,
        read: (state) => read(((state['custom'] ?? {}) as Record<string, Value>)[slug] ?? {}),
      };
      return [customColumn(slug), column];
    }),
  );
