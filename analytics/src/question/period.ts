import { invalidField } from '@pelagic/chassis/problem';
import type { PeriodGrain } from '@pelagic/proto/crm/analytics/v1/analytics';

/** Business dates, both included. */
export type Period = { from: string; to: string };
export type Grain = 'day' | 'week' | 'month' | 'quarter' | 'year';
/** One period of a grain: its first and last day. */
export type Bucket = { start: string; end: string };

/** More would be a chart that nobody can read. */
const BUCKETS_MAX = 800;
const YEARS_MAX = 30;

const GRAINS: Partial<Record<PeriodGrain, Grain>> = {
  PERIOD_GRAIN_DAY: 'day',
  PERIOD_GRAIN_WEEK: 'week',
  PERIOD_GRAIN_MONTH: 'month',
  PERIOD_GRAIN_QUARTER: 'quarter',
  PERIOD_GRAIN_YEAR: 'year',
};

export const grainOf = (grain: PeriodGrain): Grain | undefined => GRAINS[grain];

export const periodOf = (asked: { fromDate: string; toDate: string }, field: string): Period => {
  const { fromDate: from, toDate: to } = asked;
  if (from > to) throw invalidField(`${field}.toDate`, 'PERIOD_REVERSED', 'The period ends before it begins.');
  if (Number(to.slice(0, 4)) - Number(from.slice(0, 4)) > YEARS_MAX)
    throw invalidField(`${field}.toDate`, 'PERIOD_TOO_LONG', `A period may span ${YEARS_MAX} years at most.`, {
      max: YEARS_MAX,
    });
  return { from, to };
};

const MONTHS: Partial<Record<Grain, number>> = { month: 1, quarter: 3, year: 12 };

/** First day of the period that a date lies in. Years and quarters count from the first month of the fiscal year. */
export const startOf = (grain: Grain, date: Temporal.PlainDate, fiscalStart: number): Temporal.PlainDate => {
  if (grain === 'day') return date;
  if (grain === 'week') return date.subtract({ days: date.dayOfWeek - 1 });
  const months = MONTHS[grain]!;
  return date.with({ day: 1 }).subtract({ months: (date.month - fiscalStart + 12) % months });
};

const nextOf = (grain: Grain, start: Temporal.PlainDate): Temporal.PlainDate => {
  if (grain === 'day') return start.add({ days: 1 });
  return grain === 'week' ? start.add({ days: 7 }) : start.add({ months: MONTHS[grain]! });
};

/** The periods that a span touches, in order; the last ends with the span. */
export const bucketsOf = (period: Period, grain: Grain | undefined, fiscalStart: number): Bucket[] => {
  if (!grain) return [{ start: period.from, end: period.to }];
  const last = Temporal.PlainDate.from(period.to);
  const buckets: Bucket[] = [];
  for (
    let start = startOf(grain, Temporal.PlainDate.from(period.from), fiscalStart);
    Temporal.PlainDate.compare(start, last) <= 0;
  ) {
    const next = nextOf(grain, start);
    const end = next.subtract({ days: 1 });
    buckets.push({ start: start.toString(), end: (Temporal.PlainDate.compare(end, last) < 0 ? end : last).toString() });
    if (buckets.length > BUCKETS_MAX)
      throw invalidField(
        'question.grain',
        'TOO_MANY_PERIODS',
        `The period holds more than ${BUCKETS_MAX} of these; choose a coarser grain.`,
        { max: BUCKETS_MAX },
      );
    start = next;
  }
  return buckets;
};

/** The same in SQL: text of the first day. */
export const startOfSql = (grain: Grain, date: string, fiscalStart: number): string => {
  const shift = fiscalStart - 1;
  const fiscal = (start: string): string =>
    shift ? `addMonths(${start}(addMonths(toStartOfMonth(${date}), -${shift})), ${shift})` : `${start}(${date})`;
  switch (grain) {
    case 'day':
      return `toString(toDate32(${date}))`;
    case 'week':
      return `toString(toDate32(toMonday(${date})))`;
    case 'month':
      return `toString(toDate32(toStartOfMonth(${date})))`;
    case 'quarter':
      return `toString(toDate32(${fiscal('toStartOfQuarter')}))`;
    case 'year':
      return `toString(toDate32(${fiscal('toStartOfYear')}))`;
  }
};
