import type { CustomField } from '@pelagic/proto/crm/capability/v1/custom_field';
import type { Reason } from '@pelagic/proto/reason';
import type { CustomValue } from '@pelagic/proto/crm/common/v1/common';
import type { Column } from '@pelagic/chassis/filter-sql';
import type { FieldError } from '@pelagic/chassis/problem';
import { sql } from 'kysely';

export type CustomValues = Record<string, CustomValue>;

const CASES = {
  CUSTOM_FIELD_KIND_TEXT: 'text',
  CUSTOM_FIELD_KIND_NUMBER: 'number',
  CUSTOM_FIELD_KIND_MONEY: 'money',
  CUSTOM_FIELD_KIND_DATE: 'date',
  CUSTOM_FIELD_KIND_CHOICE: 'choices',
  CUSTOM_FIELD_KIND_CHOICES: 'choices',
  CUSTOM_FIELD_KIND_EMPLOYEE: 'employeeId',
} as const;

/** Which member of CustomValue a kind of field uses. */
export const caseOf = (kind: string): (typeof CASES)[keyof typeof CASES] => CASES[kind as keyof typeof CASES];

const error = (slug: string, reason: Reason, message: string): FieldError => ({
  field: `custom.${slug}`,
  reason,
  message,
});

const isEmpty = ({ value }: CustomValue): boolean => {
  if (!value) return true;
  if (value.$case === 'choices') return !value.value.ids.length;
  if (value.$case === 'money') return !value.value.amount;
  return value.value === '';
};

const checkValue = (field: CustomField, value: CustomValue, before: CustomValue | undefined): FieldError[] => {
  if (isEmpty(value)) return field.required ? [error(field.slug, 'REQUIRED', `${field.label} is required.`)] : [];
  if (value.value!.$case !== caseOf(field.kind))
    return [error(field.slug, 'WRONG_TYPE', `${field.label} holds another kind of value.`)];
  if (value.value!.$case !== 'choices') return [];
  const { ids } = value.value!.value;
  if (field.kind === 'CUSTOM_FIELD_KIND_CHOICE' && ids.length > 1)
    return [error(field.slug, 'TOO_MANY', `${field.label} takes one choice.`)];
  const kept = before?.value?.$case === 'choices' ? before.value.value.ids : [];
  const offered = new Set(field.choices.filter(({ retired }) => !retired).map(({ slug }) => slug));
  return ids
    .filter((id) => !offered.has(id) && !kept.includes(id))
    .map((id) => ({
      ...error(field.slug, 'UNKNOWN_VALUE', `${field.label} has no choice ${id}.`),
      params: { value: id },
    }));
};

/**
 * Checks what is about to be written against the definitions. `before` are the stored values: a retired choice may
 * stay where it is. With `creating`, required fields that are absent are missed. Answers the values without empty ones.
 */
export const checkCustom = (
  fields: CustomField[],
  values: CustomValues,
  { before = {}, creating = false }: { before?: CustomValues; creating?: boolean } = {},
): { values: CustomValues; errors: FieldError[] } => {
  const errors: FieldError[] = [];
  const kept: CustomValues = {};
  const bySlug = new Map(fields.map((field) => [field.slug, field]));
  for (const [slug, value] of Object.entries(values)) {
    const field = bySlug.get(slug);
    if (!field || (field.retired && !before[slug]))
      errors.push(error(slug, 'UNKNOWN_FIELD', 'There is no such custom field.'));
    else errors.push(...checkValue(field, value, before[slug]));
    if (!isEmpty(value)) kept[slug] = value;
  }
  if (creating) {
    for (const field of fields)
      if (field.required && !field.retired && !values[field.slug])
        errors.push(error(field.slug, 'REQUIRED', `${field.label} is required.`));
  }
  return { values: kept, errors };
};

/** How a custom field compares in filters and orders; values are proto3-JSON in the jsonb column `custom`. */
export const customColumn = (fields: CustomField[], table: string, slug: string): Column | undefined => {
  const field = fields.find((candidate) => candidate.slug === slug);
  if (!field) return undefined;
  const column = columnOf(field, table);
  return field.indexed && !field.retired ? column : { ...column, unsorted: true };
};

const columnOf = (field: CustomField, table: string): Column => {
  const at = (...path: string[]) =>
    sql`(${sql.ref(`${table}.custom`)} #>> ${sql.lit(`{${[field.slug, ...path].join(',')}}`)})`;
  switch (caseOf(field.kind)) {
    case 'number':
      return { kind: 'number', sql: sql`${at('number')}::numeric` };
    case 'money':
      return { kind: 'number', sql: sql`(coalesce(${at('money', 'baseAmount')}, ${at('money', 'amount')}))::numeric` };
    case 'date':
      // Text of ISO dates sorts as dates do, and the cast of text to date could not be indexed.
      return { kind: 'date_text', sql: at('date') };
    case 'choices':
      return {
        kind: 'choices',
        sql: sql`(select array_agg(picked.choice) from jsonb_array_elements_text(${sql.ref(`${table}.custom`)} #> ${sql.lit(`{${field.slug},choices,ids}`)}) as picked(choice))`,
      };
    case 'employeeId':
      return { kind: 'uuid', sql: sql`${at('employeeId')}::uuid` };
    default:
      return { kind: 'text', sql: at('text') };
  }
};
