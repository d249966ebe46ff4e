import { addDays, addMonths, daysBetween, isDate, weekday } from './date.ts';

/** A window of business dates, both included. */
export interface Period {
  fromDate: string;
  toDate: string;
}

export const PRESETS = [
  'today',
  'thisWeek',
  'last7Days',
  'last30Days',
  'thisMonth',
  'lastMonth',
  'thisQuarter',
  'lastQuarter',
  'thisYear',
  'lastYear',
] as const;
export type Preset = (typeof PRESETS)[number];

export function isPreset(text: string): text is Preset {
  return (PRESETS as readonly string[]).includes(text);
}

/** First day of the fiscal span of `months` (3 a quarter, 12 a year) that a day is in. */
function startOfSpan(day: string, months: number, fiscalStart: number): string {
  const [year = 0, month = 1] = day.split('-').map(Number);
  const since = (month - fiscalStart + 12) % 12;
  const first = `${String(year)}-${String(month).padStart(2, '0')}-01`;
  return addMonths(first, -(since % months));
}

function span(day: string, months: number, fiscalStart: number, back: number): Period {
  const fromDate = addMonths(startOfSpan(day, months, fiscalStart), -months * back);
  return { fromDate, toDate: addDays(addMonths(fromDate, months), -1) };
}

/** The days of a preset; quarters and years are those of the fiscal calendar, weeks begin on Monday. */
export function presetPeriod(preset: Preset, today: string, fiscalStart: number): Period {
  switch (preset) {
    case 'today':
      return { fromDate: today, toDate: today };
    case 'thisWeek': {
      const fromDate = addDays(today, 1 - weekday(today));
      return { fromDate, toDate: addDays(fromDate, 6) };
    }
    case 'last7Days':
      return { fromDate: addDays(today, -6), toDate: today };
    case 'last30Days':
      return { fromDate: addDays(today, -29), toDate: today };
    case 'thisMonth':
      return span(today, 1, 1, 0);
    case 'lastMonth':
      return span(today, 1, 1, 1);
    case 'thisQuarter':
      return span(today, 3, fiscalStart, 0);
    case 'lastQuarter':
      return span(today, 3, fiscalStart, 1);
    case 'thisYear':
      return span(today, 12, fiscalStart, 0);
    case 'lastYear':
      return span(today, 12, fiscalStart, 1);
  }
}

/** The window right before, of the same kind: a month before a month, else as many days. */
export function periodBefore({ fromDate, toDate }: Period): Period {
  const end = addDays(fromDate, -1);
  const months = wholeMonths({ fromDate, toDate });
  if (months > 0) return { fromDate: addMonths(fromDate, -months), toDate: end };
  return { fromDate: addDays(end, -daysBetween(fromDate, toDate)), toDate: end };
}

export function yearBefore({ fromDate, toDate }: Period): Period {
  const endsMonth = addDays(toDate, 1).endsWith('-01');
  const from = addMonths(fromDate, -12);
  return {
    fromDate: from,
    toDate: endsMonth ? addDays(addMonths(addDays(toDate, 1), -12), -1) : addMonths(toDate, -12),
  };
}

/** Number of calendar months that a window is made of; 0 when it is not. */
function wholeMonths({ fromDate, toDate }: Period): number {
  const after = addDays(toDate, 1);
  if (!fromDate.endsWith('-01') || !after.endsWith('-01')) return 0;
  const count = (date: string) => Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7));
  return count(after) - count(fromDate);
}

export type Grain = 'DAY' | 'WEEK' | 'MONTH' | 'QUARTER' | 'YEAR';

/** A grain that draws between about 4 and 60 points. */
export function naturalGrain({ fromDate, toDate }: Period): Grain {
  const days = daysBetween(fromDate, toDate) + 1;
  if (days <= 31) return 'DAY';
  if (days <= 120) return 'WEEK';
  return days <= 800 ? 'MONTH' : 'QUARTER';
}

export function isPeriod({ fromDate, toDate }: Period): boolean {
  return isDate(fromDate) && isDate(toDate) && fromDate <= toDate;
}
