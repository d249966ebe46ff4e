import type { Reason } from '@pelagic/proto/reason';
import { enterpriseTimeZone } from '@pelagic/chassis/enterprise';
import { invalidField } from '@pelagic/chassis/problem';
import Big from 'big.js';
import { plainValue } from './labels.ts';

/** How the text of a cell becomes a value. Each throws a field error without a path when it cannot. */

const wrong = (reason: Reason, message: string, value: string) => invalidField('', reason, message, { value });

const tidy = (text: string): string => text.normalize('NFKC').trim();

const dateOf = (year: string, month: string, day: string): string | undefined => {
  try {
    return Temporal.PlainDate.from(
      { year: Number(year), month: Number(month), day: Number(day) },
      { overflow: 'reject' },
    ).toString();
  } catch {
    return undefined;
  }
};

/** Day and month are told apart only where one of them cannot be a month. */
const withoutOrder = (first: string, second: string, year: string): string | undefined => {
  const [a, b] = [Number(first), Number(second)];
  if (a === b || b > 12) return dateOf(year, first, second);
  return a > 12 ? dateOf(year, second, first) : undefined;
};

const CLOCK = /(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?)?$/;

const splitTime = (text: string): { date: string; time: string | undefined; zone: string | undefined } => {
  const [found = '', hour, minute, second = '00', zone] = CLOCK.exec(text) ?? [];
  return {
    date: text.slice(0, text.length - found.length).trim(),
    time: hour && `${hour.padStart(2, '0')}:${minute}:${second}`,
    zone: zone?.replace(/^([+-]\d{2})(\d{2})$/, '$1:$2'),
  };
};

const readDate = (text: string): string | undefined => {
  const yearFirst =
    /^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$/.exec(text) ?? /^(\d{4})(\d{2})(\d{2})$/.exec(text);
  if (yearFirst) return dateOf(yearFirst[1]!, yearFirst[2]!, yearFirst[3]!);
  const yearLast = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$/.exec(text);
  return yearLast ? withoutOrder(yearLast[1]!, yearLast[2]!, yearLast[3]!) : undefined;
};

/** 2026-03-01, 2026/3/1, 2026年3月1日, 20260301, 25.12.2026; a time behind it is left out. */
export const parseDate = (given: string): string => {
  const date = readDate(splitTime(tidy(given)).date);
  if (!date) throw wrong('BAD_DATE', 'This is not a date. Write it as 2026-03-31.', given);
  return date;
};

/** A date with or without a time, in the enterprise's zone unless it names one; a date alone is its first moment. */
export const parseTime = (given: string): string => {
  const { date: text, time = '00:00:00', zone } = splitTime(tidy(given));
  const date = readDate(text);
  try {
    if (date)
      return (
        zone
          ? Temporal.Instant.from(`${date}T${time}${zone}`)
          : Temporal.PlainDateTime.from(`${date}T${time}`).toZonedDateTime(enterpriseTimeZone()).toInstant()
      ).toString({ smallestUnit: 'millisecond' });
  } catch {
    // Falls through: 25:61 is no time.
  }
  throw wrong('BAD_TIME', 'This is not a time. Write it as 2026-03-31 09:30.', given);
};

const UNITS: Record<string, number> = { 万: 1e4, 亿: 1e8, 元: 1, '%': 1, '': 1 };

/** 1054, 1,054.50, １０５４, 12.5万, (300) for minus 300, 30%. */
export const parseNumber = (given: string): string => {
  const text = tidy(given).replace(/^\((.+)\)$/, '-$1');
  const [, sign = '', digits, unit = ''] =
    /^([+-]?)\s*(\d+(?:\.\d+)?|\d{1,3}(?:,\d{3})+(?:\.\d+)?|\.\d+)\s*([万亿元%]?)元?$/.exec(text) ?? [];
  if (!digits) throw wrong('NOT_A_NUMBER', 'This is not a number.', given);
  const value = new Big(`${sign === '-' ? '-' : ''}${digits.replaceAll(',', '')}`).times(UNITS[unit]!);
  return value.toFixed();
};

const SYMBOLS: Record<string, string> = { '€': 'EUR', '£': 'GBP', '₩': 'KRW' };

/** An amount, with its currency when the cell says one: USD 1,054 or 1,054 EUR. ¥ and $ could be several. */
export const parseMoney = (given: string): { amount: string; currency?: string } => {
  const [, before, number = '', after] =
    /^([A-Za-z]{3}|[¥￥$€£₩])?\s*(.*?)\s*([A-Za-z]{3}|[€£₩])?$/.exec(tidy(given)) ?? [];
  const mark = before ?? after ?? '';
  const currency = SYMBOLS[mark] ?? (mark.length === 3 ? mark.toUpperCase() : undefined);
  try {
    return { amount: parseNumber(number), ...(currency && { currency }) };
  } catch {
    throw wrong('NOT_AN_AMOUNT', 'This is not an amount of money.', given);
  }
};

const YES = new Set(['是', '对', '有', 'yes', 'y', 'true', '1', '√', '✓', 'x']);
const NO = new Set(['否', '不', '无', '不是', 'no', 'n', 'false', '0', '×', '-']);

export const parseBoolean = (given: string): boolean => {
  const text = plainValue(given);
  if (YES.has(text)) return true;
  if (NO.has(text)) return false;
  throw wrong('NOT_A_BOOLEAN', 'This is neither yes nor no.', given);
};

export const parseWhole = (given: string): number => {
  const text = parseNumber(given);
  if (!/^-?\d+$/.test(text)) throw wrong('NOT_A_WHOLE_NUMBER', 'This is not a whole number.', given);
  return Number(text);
};

/** Several values of one cell. Phones and mails are also parted by blanks around a slash. */
export const parseList = (given: string, slash: boolean): string[] =>
  given
    .split(slash ? /[;；、,，\n|/]/ : /[;；、,，\n|]/)
    .map((part) => part.trim())
    .filter(Boolean);

/** The value that a word stands for. `words` are plain words → values. */
export const parseWord = (given: string, words: ReadonlyMap<string, string>): string => {
  const value = words.get(plainValue(given));
  if (!value) throw wrong('UNKNOWN_VALUE', 'This is none of the values of the field.', given);
  return value;
};
