import { addMonths } from '#lib/format/date.ts';

export const MONTHS_OF_YEAR = 12;

/** The fiscal year that a day is in, by the calendar year that it begins in. */
export function fiscalYearOf(day: string, startMonth: number): number {
  const [year = 0, month = 1] = day.split('-').map(Number);
  return month < startMonth ? year - 1 : year;
}

/** First days of the twelve months of a fiscal year. */
export function monthsOf(year: number, startMonth: number): string[] {
  const first = `${String(year).padStart(4, '0')}-${String(startMonth).padStart(2, '0')}-01`;
  return Array.from({ length: MONTHS_OF_YEAR }, (_, index) => addMonths(first, index));
}

/** First days of the months that a period touches. */
export function monthsWithin({ fromDate, toDate }: { fromDate: string; toDate: string }): string[] {
  const months: string[] = [];
  for (let month = `${fromDate.slice(0, 7)}-01`; month <= toDate; month = addMonths(month, 1)) months.push(month);
  return months;
}
