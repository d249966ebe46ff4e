/**
 * Business dates are `YYYY-MM-DD` and belong to no zone; instants are RFC 3339 and are shown in the reader's zone.
 * Arithmetic on dates runs in UTC, where every day has 24 hours.
 */

const DAY_MS = 86_400_000;

export function isDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && toDate(toUtc(text)) === text;
}

/** RFC 3339, as the services write it. */
export function isInstant(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}T/.test(text) && !Number.isNaN(Date.parse(text));
}

function toUtc(date: string): number {
  return Date.parse(`${date}T00:00:00Z`);
}

function toDate(ms: number): string {
  return Number.isNaN(ms) ? '' : new Date(ms).toISOString().slice(0, 10);
}

export function addDays(date: string, days: number): string {
  return toDate(toUtc(date) + days * DAY_MS);
}

/** Moves by months and stays within the month: 31 January and one month is 28 or 29 February. */
export function addMonths(date: string, months: number): string {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  const last = new Date(Date.UTC(year, month - 1 + months + 1, 0));
  return toDate(Date.UTC(last.getUTCFullYear(), last.getUTCMonth(), Math.min(day, last.getUTCDate())));
}

export function daysBetween(from: string, to: string): number {
  return Math.round((toUtc(to) - toUtc(from)) / DAY_MS);
}

/** 1 (Monday) to 7 (Sunday). */
export function weekday(date: string): number {
  return new Date(toUtc(date)).getUTCDay() || 7;
}

/** The date on the wall of `timeZone` at an instant. */
export function dateIn(timeZone: string, instant: Date): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).formatToParts(instant);
  const part = (type: string) => parts.find((candidate) => candidate.type === type)?.value ?? '';
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`;
}

/** `2026-03-05` → `3月5日` or `Mar 5`, with the year when it is not the year of `today`. */
export function formatDate(date: string, locale: string, today: string): string {
  if (!isDate(date)) return date;
  const sameYear = date.slice(0, 4) === today.slice(0, 4);
  const format = new Intl.DateTimeFormat(locale, {
    timeZone: 'UTC',
    month: 'short',
    day: 'numeric',
    ...(sameYear ? {} : { year: 'numeric' }),
  });
  return format.format(toUtc(date));
}

/** Date with its distance in days when it is near: `今天`, `明天`, `3天前`; else as formatDate. */
export function formatDueDate(date: string, locale: string, today: string): string {
  if (!isDate(date)) return date;
  const days = daysBetween(today, date);
  if (Math.abs(days) > 7) return formatDate(date, locale, today);
  return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(days, 'day');
}

/** The whole instant for a tooltip, to the second, with the zone. */
export function formatExact(instant: string, locale: string, timeZone: string): string {
  const time = new Date(instant);
  if (Number.isNaN(time.getTime())) return instant;
  const format = new Intl.DateTimeFormat(locale, {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
  const parts = new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: 'short' }).formatToParts(time);
  return `${format.format(time)} ${parts.find((part) => part.type === 'timeZoneName')?.value ?? timeZone}`;
}

/** `刚刚`, `5分钟前`, `3小时前`, `昨天`, then the date. Never says that something will happen "in 0 seconds". */
export function formatRelative(instant: string, locale: string, timeZone: string, now: Date): string {
  const time = new Date(instant);
  if (Number.isNaN(time.getTime())) return instant;
  const seconds = Math.round((time.getTime() - now.getTime()) / 1000);
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });
  // What CLDR has in Chinese, 现在, is said of the present and not of what has just happened.
  if (Math.abs(seconds) < 45) return locale.startsWith('zh') ? '刚刚' : relative.format(0, 'second');
  if (Math.abs(seconds) < 45 * 60) return relative.format(Math.round(seconds / 60) || Math.sign(seconds), 'minute');
  const today = dateIn(timeZone, now);
  const days = daysBetween(today, dateIn(timeZone, time));
  if (days === 0) return relative.format(Math.round(seconds / 3600) || Math.sign(seconds), 'hour');
  if (Math.abs(days) <= 7) return relative.format(days, 'day');
  return formatDate(dateIn(timeZone, time), locale, today);
}

/** `14:05` in the zone, for entries that stand under their day. */
export function formatTimeOfDay(instant: string, locale: string, timeZone: string): string {
  return new Intl.DateTimeFormat(locale, { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(
    new Date(instant),
  );
}

/** The instant at which the wall clock of `timeZone` shows `local` (`2026-03-05T14:00`); in a gap of summer time, the later one. */
export function instantIn(timeZone: string, local: string): string {
  const wall = Date.parse(`${local}:00Z`);
  const first = wall - offsetMs(timeZone, wall);
  return new Date(wall - offsetMs(timeZone, first)).toISOString();
}

/** `2026-03-05T14:00`, as the wall clock of the zone shows an instant. */
export function localIn(timeZone: string, instant: Date): string {
  return new Date(instant.getTime() + offsetMs(timeZone, instant.getTime())).toISOString().slice(0, 16);
}

function offsetMs(timeZone: string, ms: number): number {
  const text = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' }).format(ms);
  const match = /GMT(?:([+-])(\d{2}):(\d{2}))?/.exec(text);
  const minutes = Number(match?.[2] ?? 0) * 60 + Number(match?.[3] ?? 0);
  return minutes * 60_000 * (match?.[1] === '-' ? -1 : 1);
}
