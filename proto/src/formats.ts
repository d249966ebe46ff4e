// Formats of strings. Each test takes any string and never throws.
import type { Format } from './contract-data.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const mail =
  /^[^\s@"(),:;<>[\\\]\u0000-\u001f]{1,64}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+\p{L}[\p{L}\p{N}-]{0,62}$/u;
// What people write between the digits, the extension (ext., x, 转) included. Services make E.164 of it.
const phone = /^[\p{Nd}\s+()（）.,;:/#*~\-–—]*(?:(?:ext|x|转)[.\s:]*\p{Nd}{1,8})?$/iu;
const decimal = /^-?(?:0|[1-9]\d{0,17})(?:\.\d{1,4})?$/;
const slug = /^[a-z][a-z0-9_]{0,59}$/;
const locale = /^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/;
const zone = /^[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+)*$/;
const timestamp =
  /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;
const duration = /^-?\d{1,12}(?:\.\d{1,9})?s$/;
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** A UUID as the contract writes it, in lower case. */
export const isUuid = (text: string): boolean => uuid.test(text);

/** A day of the calendar, from 0001-01-01 to 9999-12-31. */
export function isDate(text: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!match) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
  return year > 0 && month >= 1 && month <= 12 && day >= 1 && day <= days;
}

/** RFC 3339 with a zone; of a day that has four digits to its year wherever one is. */
export function isTimestamp(text: string): boolean {
  const match = timestamp.exec(text);
  return match !== null && isDate(match[1]!) && match[1]! > '0001-01-02' && match[1]! < '9999-12-30';
}

/** proto3-JSON of a google.protobuf.Duration. */
export const isDuration = (text: string): boolean => duration.test(text);

export const isBase64 = (text: string): boolean => base64.test(text);

function isMail(text: string): boolean {
  const [local = ''] = text.split('@');
  return (
    text.length <= 254 && mail.test(text) && !local.startsWith('.') && !local.endsWith('.') && !local.includes('..')
  );
}

function isPhone(text: string): boolean {
  const digits = text.match(/\p{Nd}/gu)?.length ?? 0;
  return text.length <= 40 && digits >= 3 && digits <= 23 && phone.test(text);
}

function isUrl(text: string): boolean {
  const url = text.length <= 2000 ? URL.parse(text) : null;
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:') && !url.username && !url.password;
}

function accepts(attempt: () => unknown): boolean {
  try {
    attempt();
    return true;
  } catch {
    return false;
  }
}

/** Mail addresses, phone numbers and web addresses may have blanks around them, which services trim. */
export const formats: Record<Format, (text: string) => boolean> = {
  uuid: (text) => uuid.test(text),
  email: (text) => isMail(text.trim()),
  phone: (text) => isPhone(text.trim()),
  date: isDate,
  decimal: (text) => decimal.test(text),
  slug: (text) => slug.test(text),
  url: (text) => isUrl(text.trim()),
  currency: (text) => /^[A-Z]{3}$/.test(text),
  time_zone: (text) => zone.test(text) && accepts(() => new Intl.DateTimeFormat('en', { timeZone: text })),
  locale: (text) => locale.test(text) && accepts(() => Intl.getCanonicalLocales(text)),
};
