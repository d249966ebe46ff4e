import type { ColumnKind } from '@pelagic/chassis/filter-sql';
import { startOfDate } from '@pelagic/chassis/clock';
import type { Filter, Operator } from '@pelagic/chassis/filter';
import { Big } from 'big.js';

/** A value of a record's state with the kind that decides how it compares; `undefined` where the record has none. */
export type Held = { kind: ColumnKind; value: unknown } & EnumNames;

/** Full names of an enum's values and what they begin with. */
type EnumNames = { values?: string[]; prefix?: string };

export type Reading = {
  /** The value of a field; undefined when there is no such field. */
  held: (field: string) => Held | undefined;
  /** For dates as instants. */
  timeZone: string;
};

type Condition = Extract<Filter, { field: string }>;
type Comparison = { operator: Operator; text: string; timeZone: string };

const isEmpty = ({ kind, value }: Held): boolean =>
  value === undefined ||
  value === null ||
  (Array.isArray(value) ? value.length === 0 : value === '' && kind !== 'boolean');

/** PostgreSQL under C.UTF-8 orders by code points; UTF-16 units would put emoji before what is typed every day. */
const byCodePoint = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

const contains = (value: unknown, text: string): boolean => String(value).toLowerCase().includes(text.toLowerCase());

const holds = (order: number, operator: Operator): boolean => {
  switch (operator) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
    case '!=':
      return order !== 0;
    default:
      return order === 0;
  }
};

const DECIMAL = /^-?\d{1,18}(\.\d{1,9})?$/;
const DATE = /^[1-9]\d{3}-\d\d-\d\d$/;

/** The whole day of a date in the enterprise's zone, or the millisecond of an instant. */
const spanOf = (text: string, timeZone: string): [from: number, to: number] => {
  if (!DATE.test(text)) return [Date.parse(text), Date.parse(text) + 1];
  const next = Temporal.PlainDate.from(text).add({ days: 1 }).toString();
  return [startOfDate(timeZone, text).getTime(), startOfDate(timeZone, next).getTime()];
};

const timeHolds = (value: string, { operator, text, timeZone }: Comparison): boolean => {
  const at = Date.parse(value);
  const [from, to] = spanOf(text, timeZone);
  switch (operator) {
    case '>=':
      return at >= from;
    case '<':
      return at < from;
    case '>':
      return at >= to;
    case '<=':
      return at < to;
    case '!=':
      return at < from || at >= to;
    default:
      return at >= from && at < to;
  }
};

const listHolds = (list: unknown[], kind: ColumnKind, { operator, text }: Comparison): boolean => {
  if (operator === '!=') return !list.includes(text);
  if (operator === '=' || kind === 'choices') return list.includes(text);
  return list.some((item) => contains(item, text));
};

/** How a scalar stands to a text: negative, zero or positive; undefined where the text is not of its kind. */
const orderOf = ({ kind, value, prefix = '' }: Held, text: string): number | undefined => {
  switch (kind) {
    case 'number':
      return DECIMAL.test(text) ? new Big(value as string | number).cmp(new Big(text)) : undefined;
    case 'enum':
      return value === text || value === `${prefix}${text.toUpperCase()}` ? 0 : 1;
    case 'uuid':
      return byCodePoint(String(value), text.toLowerCase());
    default:
      return byCodePoint(String(value), text);
  }
};

const conditionHolds = ({ field, operator, value }: Condition, { held: read, timeZone }: Reading): boolean => {
  const held = read(field);
  if (!held || 'call' in value) return false;
  const { text, quoted } = value;
  if (operator === ':' && !quoted && text === '*') return !isEmpty(held);
  if (text === '' && (operator === '=' || operator === '!=')) return isEmpty(held) === (operator === '=');
  const comparison: Comparison = { operator, text, timeZone };
  if (held.kind === 'texts' || held.kind === 'choices')
    return listHolds((held.value ?? []) as unknown[], held.kind, comparison);
  // An empty text compares as such; whatever else is empty is unlike everything, as NULL is.
  if (isEmpty(held) && held.kind !== 'text') return operator === '!=';
  if (held.kind === 'time') return timeHolds(String(held.value), comparison);
  if (held.kind === 'text' && operator === ':') return contains(held.value ?? '', text);
  const order = orderOf({ ...held, value: held.value ?? '' }, text);
  return order !== undefined && holds(order, operator);
};

/** What `filterSql` asks of a row, asked of a record's state: the same grammar, the same answers. */
export const matches = (filter: Filter, reading: Reading): boolean => {
  if ('field' in filter) return conditionHolds(filter, reading);
  if ('not' in filter) return !matches(filter.not, reading);
  if ('any' in filter) return filter.any.some((part) => matches(part, reading));
  return filter.all.every((part) => matches(part, reading));
};
