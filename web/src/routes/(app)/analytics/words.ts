import type { Grain, Preset } from '#lib/format/period.ts';
import { showDate } from '#lib/format/display.ts';
import { m } from '#lib/paraglide/messages.js';
import { getLocale } from '#lib/paraglide/runtime.js';

const GRAINS: Record<Grain, () => string> = {
  DAY: m.grain_day,
  WEEK: m.grain_week,
  MONTH: m.grain_month,
  QUARTER: m.grain_quarter,
  YEAR: m.grain_year,
};

export const grainLabel = (grain: Grain): string => GRAINS[grain]();

const PRESET_WORDS: Record<Preset, () => string> = {
  today: m.period_today,
  thisWeek: m.period_this_week,
  last7Days: m.period_last_7,
  last30Days: m.period_last_30,
  thisMonth: m.period_this_month,
  lastMonth: m.period_last_month,
  thisQuarter: m.period_this_quarter,
  lastQuarter: m.period_last_quarter,
  thisYear: m.period_this_year,
  lastYear: m.period_last_year,
};

export const presetLabel = (preset: Preset): string => PRESET_WORDS[preset]();

/** A point of the time axis by its first day. */
export function periodLabel(day: string, grain: Grain): string {
  if (grain === 'DAY' || grain === 'WEEK') return showDate(day);
  const [year = '', month = '1'] = day.split('-');
  if (grain === 'YEAR') return year;
  const text = new Intl.DateTimeFormat(getLocale(), { timeZone: 'UTC', year: 'numeric', month: 'short' }).format(
    Date.parse(`${day}T00:00:00Z`),
  );
  return grain === 'MONTH' ? text : m.quarter_from({ year, month: String(Number(month)) });
}

/** Days of a window: `10月1日 – 10月22日`. */
export function daysLabel({ fromDate, toDate }: { fromDate: string; toDate: string }): string {
  return fromDate === toDate ? showDate(fromDate) : `${showDate(fromDate)} – ${showDate(toDate)}`;
}

const DATES: Record<string, () => string> = {
  create_date: m.date_created,
  close_date: m.date_closed,
  state_date: m.date_changed,
  happen_date: m.date_happened,
  due_date: m.date_due,
  period_end: m.date_since,
};

/** The date that a measure counts by, as the dictionary of figures names it. */
export const dateLabel = (date: string): string => DATES[date]?.() ?? m.date();
