/** What the pages show: the pure formats with the reader's language, zone and currency. */
import { getLocale } from '#lib/paraglide/runtime.js';
import { session } from '#lib/session.svelte.ts';
import { dateIn, formatDate, formatDueDate, formatExact, formatRelative, formatTimeOfDay } from './date.ts';
import { formatMoney, shortMoney, shortNumber } from './money.ts';

export const showDate = (date: string) => formatDate(date, getLocale(), session.today);
export const showDueDate = (date: string) => formatDueDate(date, getLocale(), session.today);
export const showExact = (instant: string) => formatExact(instant, getLocale(), session.timeZone);
export const showRelative = (instant: string, now: Date) => formatRelative(instant, getLocale(), session.timeZone, now);
export const showTimeOfDay = (instant: string) => formatTimeOfDay(instant, getLocale(), session.timeZone);

/** Day and time, in the reader's zone. */
export const showMoment = (instant: string) =>
  `${showDate(dateIn(session.timeZone, new Date(instant)))} ${showTimeOfDay(instant)}`;

export const showMoney = (amount: string, currency = session.currency) => formatMoney(amount, currency, getLocale());
export const showShortMoney = (amount: string, currency = session.currency) =>
  shortMoney(amount, currency, getLocale());
export const showShortNumber = (amount: string) => shortNumber(amount, getLocale());

/** `1 day`, `6.9 days`; `1天`. */
export const showLength = (count: number, unit: 'day' | 'hour' | 'minute') =>
  new Intl.NumberFormat(getLocale(), { style: 'unit', unit, unitDisplay: 'long' }).format(count);

const SIZES = ['byte', 'kilobyte', 'megabyte'] as const;

/** Of a file: `340 kB`, `2.4 MB`. */
export function showSize(bytes: number): string {
  const step = Math.min(SIZES.length - 1, Math.floor(Math.log(Math.max(1, bytes)) / Math.log(1024)));
  const options = { style: 'unit', unit: SIZES[step]!, unitDisplay: 'short', maximumFractionDigits: 1 } as const;
  return new Intl.NumberFormat(getLocale(), options).format(bytes / 1024 ** step);
}

/** Whole number with digit groups. */
export const showCount = (count: number) => new Intl.NumberFormat(getLocale()).format(count);

/** A count that the service stopped counting at: `1,000+`. */
export const showTotal = (total: number) => (total > 1000 ? `${showCount(1000)}+` : showCount(total));
