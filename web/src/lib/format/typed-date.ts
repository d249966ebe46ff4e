import { addDays, addMonths, isDate, weekday } from './date.ts';

/** Words for a day, in both languages; the value is its distance from today in days. */
const DAY_WORDS: Record<string, number> = {
  今天: 0,
  今日: 0,
  明天: 1,
  明日: 1,
  后天: 2,
  大后天: 3,
  昨天: -1,
  前天: -2,
  today: 0,
  tod: 0,
  tomorrow: 1,
  tmr: 1,
  tom: 1,
  yesterday: -1,
};

const WEEKDAYS: Record<string, number> = {
  一: 1,
  二: 2,
  三: 3,
  四: 4,
  五: 5,
  六: 6,
  日: 7,
  天: 7,
  mon: 1,
  tue: 2,
  wed: 3,
  thu: 4,
  fri: 5,
  sat: 6,
  sun: 7,
};

const UNITS: Record<string, 'day' | 'week' | 'month'> = {
  天: 'day',
  d: 'day',
  周: 'week',
  w: 'week',
  月: 'month',
  m: 'month',
};

/**
 * What a person types as a date → `YYYY-MM-DD`, or null when it is none.
 * Takes words (`明天`, `tomorrow`), weekdays (`周五`, `下周一`, `fri`, `next mon`), distances (`+3`, `3天后`, `2w`, `-1m`)
 * and dates with any separator (`2026-3-5`, `3.5`, `3月5日`, `0305`, `20260305`). A day without a year is the nearest one.
 */
export function parseTypedDate(typed: string, today: string): string | null {
  const text = typed.normalize('NFKC').trim().toLowerCase();
  if (text === '') return null;
  const word = DAY_WORDS[text];
  if (word !== undefined) return addDays(today, word);
  return parseDistance(text, today) ?? parseWeekday(text, today) ?? parseNumbers(text, today);
}

function parseDistance(text: string, today: string): string | null {
  const match = /^([+-]?)(\d{1,3})\s*(?:个)?(天|周|月|d|w|m)?(后|前)?$/.exec(text);
  if (!match || !(match[1] || match[3])) return null;
  const count = Number(match[2]) * (match[1] === '-' || match[4] === '前' ? -1 : 1);
  const unit = match[3] ? UNITS[match[3]] : 'day';
  // `3月` alone is March, not three months on.
  if (match[3] === '月' && !match[4]) return null;
  if (unit === 'month') return addMonths(today, count);
  return addDays(today, unit === 'week' ? count * 7 : count);
}

function parseWeekday(text: string, today: string): string | null {
  const match = /^(上|下|本|next |last )?(?:周|星期|礼拜)?([一二三四五六日天]|mon|tue|wed|thu|fri|sat|sun)[a-z]*$/.exec(
    text,
  );
  const wanted = match?.[2] ? WEEKDAYS[match[2]] : undefined;
  if (!match || wanted === undefined) return null;
  const inThisWeek = addDays(today, wanted - weekday(today));
  if (match[1] === '下' || match[1] === 'next ') return addDays(inThisWeek, 7);
  if (match[1] === '上' || match[1] === 'last ') return addDays(inThisWeek, -7);
  if (match[1] === '本' || inThisWeek >= today) return inThisWeek;
  return addDays(inThisWeek, 7);
}

function parseNumbers(text: string, today: string): string | null {
  const digits =
    /^(\d{4})(\d{2})(\d{2})$/.exec(text) ??
    /^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?$/.exec(text) ??
    /^()(\d{2})(\d{2})$/.exec(text) ??
    /^()(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?$/.exec(text);
  if (!digits) return null;
  const month = (digits[2] ?? '').padStart(2, '0');
  const day = (digits[3] ?? '').padStart(2, '0');
  if (digits[1]) return valid(`${digits[1]}-${month}-${day}`);
  return nearest(month, day, today);
}

/** The year that puts the day within half a year of today. */
function nearest(month: string, day: string, today: string): string | null {
  const year = Number(today.slice(0, 4));
  const candidates = [year - 1, year, year + 1]
    .map((candidate) => valid(`${candidate}-${month}-${day}`))
    .filter((date) => date !== null);
  const from = addDays(today, -182);
  return candidates.find((date) => date >= from) ?? null;
}

function valid(date: string): string | null {
  return isDate(date) ? date : null;
}
