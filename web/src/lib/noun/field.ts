import type { Schemas } from '#lib/api/client.ts';
import type { Tone } from '#lib/ui/Tag.svelte';

/**
 * What the pages know of a field: enough to show it in a cell and on a record, to type it in a form, to edit it in
 * place and to filter by it. Custom fields become the same from their definitions.
 */
export type Field = FieldBase & FieldKind;

export type FieldKind =
  | { kind: 'text' | 'textarea' | 'url' | 'phones' | 'emails' | 'money' | 'boolean' }
  /** `planned`: day and time, and not how far off it is. */
  | { kind: 'time'; planned?: boolean }
  /** `unit` stands behind it where it is shown. */
  | { kind: 'number'; unit?: '%' }
  /** `due`: a promise; it says how far off it is and shows when it is past. `past`: never later than today. */
  | { kind: 'date'; due?: boolean; past?: boolean }
  /** `counts`: its values are whole numbers. `prefix` is what the names of an enum's values begin with: `LEAD_STATE_`. Filters go without it. */
  | { kind: 'choice' | 'choices'; options: () => Choice[]; prefix?: string; counts?: boolean }
  /** The id of a record of another noun: employee, department, customer … */
  | { kind: 'record'; noun: string };

interface FieldBase {
  /** JSON name; `custom.<slug>` for a custom field. */
  key: string;
  label: () => string;
  help?: () => string;
  required?: boolean;
  /** Characters of a text, entries of a list. */
  maxLength?: number;
  /** Set by the service; shown but never typed. */
  readOnly?: boolean;
  /** Typed when the record is made and fixed from then on. */
  immutable?: boolean;
  sortable?: boolean;
  /** False where the service cannot filter by it. */
  filterable?: boolean;
  /** The service's own path when it is not the key in snake case: `amount.base_amount`. */
  filterPath?: string;
  /** Over the whole width of a form. */
  wide?: boolean;
  /** Pixels of its column; 160 when absent. */
  width?: number;
}

export interface Choice {
  value: string;
  label: string;
  tone?: Tone;
  /** Shown where it stands, and not offered any more. */
  retired?: boolean;
}

export type Money = Schemas['Money'];
type CustomValue = Schemas['CustomValue'];
type Readable = object;

/** The value of a field as the pages handle it: text, list of texts, Money or undefined. */
export function readField(record: Readable, field: Field): unknown {
  if (!field.key.startsWith('custom.')) return (record as Record<string, unknown>)[field.key];
  const custom = (record as { custom?: Record<string, CustomValue> }).custom;
  return unwrap(custom?.[field.key.slice('custom.'.length)]);
}

function unwrap(value: CustomValue | undefined): unknown {
  if (!value) return undefined;
  return value.text ?? value.number ?? value.money ?? value.date ?? value.choices?.ids ?? value.employeeId;
}

/** The value as a request carries it: custom values say their kind. */
export function wrapField(field: Field, value: unknown): unknown {
  if (isEmpty(value)) return undefined;
  if (field.kind === 'choice' && field.counts) return Number(value);
  if (!field.key.startsWith('custom.')) return value;
  switch (field.kind) {
    case 'number':
      return { number: value };
    case 'money':
      return { money: value };
    case 'date':
      return { date: value };
    case 'choice':
      return { choices: { ids: Array.isArray(value) ? value : [value] } };
    case 'choices':
      return { choices: { ids: value } };
    case 'record':
      return { employeeId: value };
    default:
      return { text: value };
  }
}

export function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  if (Array.isArray(value)) return value.every(isEmpty);
  return typeof value === 'object' && 'amount' in value && isEmpty(value.amount);
}

/** Same value, whatever shape it has. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (isEmpty(a) && isEmpty(b)) return true;
  return JSON.stringify(comparable(a)) === JSON.stringify(comparable(b));
}

/** Money is the same when amount and currency are; the rest follows from them. */
function comparable(value: unknown): unknown {
  if (value && typeof value === 'object' && 'amount' in value) {
    const { amount, currency } = value as Money;
    return { amount, currency };
  }
  return value;
}

export function choiceOf(field: Field, value: string): Choice | undefined {
  return field.kind === 'choice' || field.kind === 'choices'
    ? field.options().find((choice) => choice.value === value)
    : undefined;
}
