import { isUuid } from '@pelagic/proto/formats';
import type { Reason } from '@pelagic/proto/reason';
import { sql, type RawBuilder } from 'kysely';
import { dateIn, startOfDate } from './clock.ts';
import type { Filter, Operator, Value } from './filter.ts';
import { invalidField } from './problem.ts';

/** How a field is stored, which decides how it compares. A `date_text` is a date written as text (YYYY-MM-DD). */
export type ColumnKind =
  'text' | 'texts' | 'number' | 'boolean' | 'date' | 'date_text' | 'time' | 'enum' | 'uuid' | 'choices';

export type Column = {
  kind: ColumnKind;
  sql: RawBuilder<unknown>;
  /** Full names of an enum's values and what they begin with: NEW stands for LEAD_STATE_NEW. */
  values?: string[];
  prefix?: string;
  /** A column with an index of pairs of characters, in lower case, that holds this one's text: finds what a text contains. */
  within?: RawBuilder<unknown>;
  /** No index keeps its order: a list is not sorted by it. */
  unsorted?: true;
};

export type FilterContext = {
  /** The column of a field, or undefined when there is none the caller may ask for. */
  column: (field: string) => Column | undefined;
  /** For me(). */
  callerId: string;
  /** For today() and dates as instants. */
  timeZone: string;
};

type Condition = Extract<Filter, { field: string }>;

const bad = (field: string, reason: Reason, message: string, value = '') =>
  invalidField('filter', reason, `${field}: ${message}.`, { field, ...(value && { value }) });

const relativeDate = (days: string | undefined, timeZone: string): string =>
  Temporal.PlainDate.from(dateIn(timeZone))
    .add({ days: Number(days ?? 0) })
    .toString();

/** The text of a value once its functions are worked out. */
const textOf = (field: string, value: Value, context: FilterContext): string => {
  if (!('call' in value)) return value.text;
  if (value.call === 'me' && !value.args.length) return context.callerId;
  if (value.call === 'today' && /^-?\d{0,5}$/.test(value.args[0] ?? ''))
    return relativeDate(value.args[0], context.timeZone);
  throw bad(field, 'UNKNOWN_FUNCTION', `there is no function ${value.call} that fits here`);
};

/** From the year 1000: what lies before is a slip of the hand, and PostgreSQL has no year 0. */
const isDate = (text: string): boolean => {
  try {
    return /^[1-9]\d{3}-\d\d-\d\d$/.test(text) && Temporal.PlainDate.from(text, { overflow: 'reject' }) !== undefined;
  } catch {
    return false;
  }
};

const enumValue = (field: string, text: string, { values = [], prefix = '' }: Column): string => {
  const full = values.includes(text) ? text : `${prefix}${text.toUpperCase()}`;
  if (!values.includes(full)) throw bad(field, 'UNKNOWN_VALUE', `${text} is none of its values`, text);
  return full;
};

/** The bound parameter of a scalar, refused when it cannot be of the column's kind. */
const parameter = (field: string, text: string, column: Column): RawBuilder<unknown> => {
  switch (column.kind) {
    case 'number':
      if (!/^-?\d{1,18}(\.\d{1,9})?$/.test(text)) throw bad(field, 'NOT_A_NUMBER', `${text} is not a number`, text);
      return sql`${text}::numeric`;
    case 'boolean':
      if (!/^(true|false)$/.test(text)) throw bad(field, 'NOT_A_BOOLEAN', `${text} is neither true nor false`, text);
      return sql`${text}::boolean`;
    case 'date':
    case 'date_text':
      if (!isDate(text)) throw bad(field, 'NOT_A_DATE', `${text} is not a date (YYYY-MM-DD)`, text);
      return column.kind === 'date' ? sql`${text}::date` : sql`${text}`;
    case 'uuid':
      if (!isUuid(text.toLowerCase())) throw bad(field, 'NOT_AN_ID', `${text} is not an id`, text);
      return sql`${text}::uuid`;
    case 'enum':
      return sql`${enumValue(field, text, column)}`;
    default:
      return sql`${text}`;
  }
};

const escapeLike = (text: string): string => text.replace(/[\\%_]/g, (character) => `\\${character}`);

/** An instant compares with a date by the whole day in the enterprise's zone: create_time = "2026-03-01" is that day. */
const timeCondition = (
  field: string,
  operator: Operator,
  text: string,
  column: Column,
  timeZone: string,
): RawBuilder<boolean> => {
  const day = isDate(text);
  const at = day ? startOfDate(timeZone, text) : new Date(text);
  // The day after must be a year of four digits too, in every zone. NaN is neither.
  if (!(at.getUTCFullYear() >= 999 && at.getUTCFullYear() < 9999))
    throw bad(field, 'NOT_A_TIME', `${text} is neither a date nor a time (ISO 8601)`, text);
  const next = day
    ? startOfDate(timeZone, Temporal.PlainDate.from(text).add({ days: 1 }).toString())
    : new Date(at.getTime() + 1);
  const [from, to] = [sql`${at.toISOString()}::timestamptz`, sql`${next.toISOString()}::timestamptz`];
  switch (operator) {
    case '>=':
      return sql`${column.sql} >= ${from}`;
    case '<':
      return sql`${column.sql} < ${from}`;
    case '>':
      return sql`${column.sql} >= ${to}`;
    case '<=':
      return sql`${column.sql} < ${to}`;
    case '!=':
      return sql`(${column.sql} < ${from} or ${column.sql} >= ${to} or ${column.sql} is null)`;
    default:
      return sql`(${column.sql} >= ${from} and ${column.sql} < ${to})`;
  }
};

const present = (column: Column): RawBuilder<boolean> => {
  if (column.kind === 'texts' || column.kind === 'choices') return sql`coalesce(cardinality(${column.sql}), 0) > 0`;
  if (column.kind === 'text' || column.kind === 'enum') return sql`coalesce(${column.sql}, '') <> ''`;
  return sql`${column.sql} is not null`;
};

const COMPARISONS = { '=': sql`=`, '<': sql`<`, '<=': sql`<=`, '>': sql`>`, '>=': sql`>=` } as const;

/** Narrows to what may contain a text, where an index of pairs can tell. */
const near = ({ within }: Column, text: string): RawBuilder<unknown> =>
  within && text.length > 1 ? sql`bigrams(${within}) @> bigrams(${text.toLowerCase()}) and` : sql``;

const listCondition = (field: string, operator: Operator, text: string, column: Column): RawBuilder<boolean> => {
  if (operator === '=' || (operator === ':' && column.kind === 'choices')) return sql`${column.sql} @> array[${text}]`;
  if (operator === '!=') return sql`not coalesce(${column.sql} @> array[${text}], false)`;
  if (operator === ':')
    return sql`(${near(column, text)} exists (select from unnest(${column.sql}) item where item ilike ${`%${escapeLike(text)}%`}))`;
  throw bad(field, 'BAD_COMPARISON', `${operator} cannot be asked of a list`);
};

const condition = ({ field, operator, value }: Condition, context: FilterContext): RawBuilder<boolean> => {
  const column = context.column(field);
  if (!column) throw bad(field, 'UNKNOWN_FIELD', 'there is no such field to filter by');
  if (operator === ':' && 'text' in value && !value.quoted && value.text === '*') return present(column);
  const text = textOf(field, value, context);
  if (text === '' && (operator === '=' || operator === '!='))
    return operator === '=' ? sql`not (${present(column)})` : present(column);
  if (column.kind === 'texts' || column.kind === 'choices') return listCondition(field, operator, text, column);
  if (column.kind === 'time') return timeCondition(field, operator, text, column, context.timeZone);
  if (operator === ':') {
    if (column.kind === 'text') return sql`(${near(column, text)} ${column.sql} ilike ${`%${escapeLike(text)}%`})`;
    return sql`${column.sql} = ${parameter(field, text, column)}`;
  }
  if (operator === '!=') return sql`${column.sql} is distinct from ${parameter(field, text, column)}`;
  if (operator !== '=' && (column.kind === 'enum' || column.kind === 'uuid' || column.kind === 'boolean'))
    throw bad(field, 'BAD_COMPARISON', `${operator} cannot be asked of it`);
  return sql`${column.sql} ${COMPARISONS[operator]} ${parameter(field, text, column)}`;
};

/** field = a OR field = b … of one scalar field becomes one `in`, which an index can serve. */
const asIn = (parts: Filter[], context: FilterContext): RawBuilder<boolean> | undefined => {
  const conditions = parts.filter((part): part is Condition => 'field' in part && part.operator === '=');
  const [first] = conditions;
  if (!first || conditions.length !== parts.length || conditions.some(({ field }) => field !== first.field))
    return undefined;
  const column = context.column(first.field);
  if (!column || ['texts', 'choices', 'time'].includes(column.kind)) return undefined;
  const texts = conditions.map(({ value }) => textOf(first.field, value, context));
  if (texts.includes('')) return undefined;
  return sql`${column.sql} in (${sql.join(texts.map((text) => parameter(first.field, text, column)))})`;
};

/** A filter as a parameterised condition: fields come from the noun's own columns, values are always bound. */
export const filterSql = (filter: Filter, context: FilterContext): RawBuilder<boolean> => {
  if ('field' in filter) return condition(filter, context);
  if ('not' in filter) return sql`not coalesce(${filterSql(filter.not, context)}, false)`;
  if ('any' in filter)
    return (
      asIn(filter.any, context) ??
      sql`(${sql.join(
        filter.any.map((part) => filterSql(part, context)),
        sql` or `,
      )})`
    );
  return sql`(${sql.join(
    filter.all.map((part) => filterSql(part, context)),
    sql` and `,
  )})`;
};
