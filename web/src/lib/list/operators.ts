import type { Field } from '#lib/noun/field.ts';
import { choiceOf } from '#lib/noun/field.ts';
import { showDate } from '#lib/format/display.ts';
import { groupDigits } from '#lib/format/money.ts';
import { names } from '#lib/names.svelte.ts';
import { m } from '#lib/paraglide/messages.js';
import { getLocale } from '#lib/paraglide/runtime.js';
import type { Condition, Operator, Value } from './filter.ts';

const TEXT: Operator[] = ['contains', 'is', 'isNot', 'empty', 'notEmpty'];
const ONE_OF: Operator[] = ['is', 'isNot', 'empty', 'notEmpty'];
const ORDERED: Operator[] = ['between', 'atLeast', 'atMost', 'empty', 'notEmpty'];

/** What can be asked of a field, the usual question first. */
export function operatorsOf(field: Field): Operator[] {
  switch (field.kind) {
    case 'choice':
    case 'choices':
    case 'record':
      return ONE_OF;
    case 'number':
    case 'money':
      return ['atLeast', 'atMost', 'between', 'is', 'empty', 'notEmpty'];
    case 'date':
    case 'time':
      return ORDERED;
    case 'boolean':
      return ['is'];
    default:
      return TEXT;
  }
}

export function operatorLabel(operator: Operator, field: Field): string {
  const dated = field.kind === 'date' || field.kind === 'time';
  switch (operator) {
    case 'is':
      return m.operator_is();
    case 'isNot':
      return m.operator_is_not();
    case 'contains':
      return m.operator_contains();
    case 'atLeast':
      return dated ? m.operator_from() : m.operator_at_least();
    case 'atMost':
      return dated ? m.operator_until() : m.operator_at_most();
    case 'between':
      return m.operator_between();
    case 'empty':
      return m.operator_empty();
    case 'notEmpty':
      return m.operator_not_empty();
  }
}

/** The name that filters know the field by. */
export function filterKey(field: Field): string {
  return field.filterPath ?? field.key;
}

export function fieldOf(condition: Condition, fields: Field[]): Field | undefined {
  return fields.find((field) => filterKey(field) === condition.field);
}

/** Names of enum values stand without what they all begin with. */
export function toFilterValue(field: Field, value: string): string {
  const prefix = field.kind === 'choice' || field.kind === 'choices' ? (field.prefix ?? '') : '';
  return value.startsWith(prefix) ? value.slice(prefix.length) : value;
}

export function fromFilterValue(field: Field, value: string): string {
  const prefix = field.kind === 'choice' || field.kind === 'choices' ? (field.prefix ?? '') : '';
  return value.startsWith(prefix) ? value : prefix + value;
}

/** One value in words, as a chip shows it. */
export function valueText(field: Field, value: Value): string {
  if (typeof value !== 'string') return callText(value);
  switch (field.kind) {
    case 'choice':
    case 'choices': {
      const full = fromFilterValue(field, value);
      return choiceOf(field, full)?.label ?? value;
    }
    case 'record':
      return names.of(field.noun, value) ?? '…';
    case 'date':
    case 'time':
      return showDate(value);
    case 'number':
    case 'money':
      return groupDigits(value);
    case 'boolean':
      return value === 'true' ? m.yes() : m.no();
    default:
      return value;
  }
}

function callText({ call, args }: Exclude<Value, string>): string {
  if (call === 'me') return m.me();
  if (call !== 'today') return `${call}(${args.join(', ')})`;
  const days = Number(args[0] ?? 0);
  if (days === 0) return m.today();
  return new Intl.RelativeTimeFormat(getLocale()).format(days, 'day');
}

/** The whole chip but the field's name. */
export function conditionText(field: Field, { operator, values }: Condition): string {
  const words = values.map((value) => valueText(field, value)).filter(Boolean);
  const joint = operator === 'between' ? ' – ' : m.list_joint();
  const text =
    words.length > 3
      ? m.and_more({ first: words.slice(0, 2).join(joint), count: String(words.length - 2) })
      : words.join(joint);
  return `${operatorLabel(operator, field)} ${text}`.trim();
}
