import type { PostBody, Schemas } from '#lib/api/client.ts';
import { isEmpty, type Field, type Money } from '#lib/noun/field.ts';

export type Inspection = Schemas['InspectImportResponse'];
export type Preview = Schemas['PreviewImportResponse'];
export type Settings = PostBody<'/v1/{service}/imports'>['settings'];
export type Offered = Inspection['fields'][number];

/** The columns of a file with the fields they go into; a column that is left out goes into `''`. */
export type Targets = Record<string, string[]>;
/** What a value of the file stands for, by field. */
export type Meanings = Record<string, Record<string, string>>;

/** A value of a column that may be given another meaning. */
export interface FileValue {
  value: string;
  count: number;
  /** The check did not understand it. */
  unknown: boolean;
}

/** How a value of a field is typed here: as on the pages of its noun, as text where they do not know it. */
export function inputOf(fields: Field[], { field, label }: Offered): Field {
  const known = fields.find(({ key }) => key === field);
  const base = { key: field, label: () => label };
  if (!known || known.kind === 'textarea') return { ...base, kind: 'text' };
  if (known.kind === 'time') return { ...base, kind: 'date' };
  return { ...known, ...base, required: false };
}

/** Several columns may fill it: phone 1, phone 2. */
export function takesSeveral({ kind }: Field): boolean {
  return kind === 'phones' || kind === 'emails';
}

export function mappingOf(targets: Targets, meanings: Meanings, offered: Offered[]): NonNullable<Settings['mapping']> {
  const known = new Set(offered.map(({ field }) => field));
  return Object.entries(targets).flatMap(([column, fields]) => {
    // A proposed date of the past is left out again when the box is not ticked.
    const taken = fields.filter((field) => known.has(field));
    if (taken.length === 0) return [{ column, field: '', values: {} }];
    return taken.map((field) => ({ column, field, values: meanings[field] ?? {} }));
  });
}

/** Defaults are written as a cell of the file would be. */
export function defaultsOf(defaults: Record<string, unknown>, offered: Offered[]): Record<string, string> {
  const known = new Set(offered.map(({ field }) => field));
  return Object.fromEntries(
    Object.entries(defaults)
      .filter(([field, value]) => known.has(field) && !isEmpty(value))
      .map(([field, value]) => [field, cellOf(value)]),
  );
}

function cellOf(value: unknown): string {
  if (Array.isArray(value)) return value.filter(Boolean).join('; ');
  if (typeof value !== 'object') return String(value);
  const { amount, currency } = value as Money;
  return `${amount} ${currency}`;
}

/**
 * The values of a field's columns that a meaning can be given to, those first that the check did not understand. Texts
 * are offered where they repeat: a sector is, a name is not.
 */
export function fileValues(
  field: Field,
  columns: string[],
  { values, total }: Inspection,
  preview: Preview | null,
): FileValue[] {
  const unknown = (preview?.unknown ?? []).filter((one) => one.field === field.key);
  const named = new Set(unknown.map(({ value }) => value));
  const counted = values.filter(({ column }) => columns.includes(column)).flatMap((one) => one.values);
  const few = ['choice', 'choices', 'record', 'boolean'].includes(field.kind);
  const repeated = field.kind === 'text' && counted.length * 2 <= total;
  return [
    ...unknown.map(({ value, count }) => ({ value, count, unknown: true })),
    ...(few || repeated ? counted : [])
      .filter(({ value }) => !named.has(value))
      .map(({ value, count }) => ({ value, count, unknown: false })),
  ];
}
