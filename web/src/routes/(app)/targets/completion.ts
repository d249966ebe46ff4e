import { scaled, scaleOf, unscaled } from '#lib/lines/total.ts';
import { daysBetween, addMonths } from '#lib/format/date.ts';
import { signed } from './sums.ts';

/** A month of a subject; no target is '', which is not a target of 0. */
export interface MonthDone {
  month: string;
  target: string;
  actual: string;
}

/** How far a target is. Percents with one decimal; '' where there is no target, or none of more than 0. */
export interface Done {
  target: string;
  actual: string;
  /** actual ÷ target. */
  rate: string;
  /** actual − target. */
  gap: string;
  /** What of the target should be there by today. */
  expected: string;
  /** actual ÷ expected: 100 is just in time. */
  pace: string;
}

/** Days of a month that have begun, and all of them: by the calendar, today with them. */
function elapsed(month: string, today: string): [passed: bigint, all: bigint] {
  const all = daysBetween(month, addMonths(month, 1));
  const passed = Math.min(Math.max(daysBetween(month, today) + 1, 0), all);
  return [BigInt(passed), BigInt(all)];
}

/** Rounded half away from zero, to one decimal. */
function percent(part: bigint, whole: bigint): string {
  if (whole <= 0n) return '';
  const tenths = part * 1_000n;
  const away = tenths < 0n ? -whole : whole;
  return unscaled((2n * tenths + away) / (2n * whole), 1);
}

/**
 * Completion and pace over some months. Pace goes by the months' own targets: of the past all is expected, of the month of
 * today as much as days have begun, of what is to come nothing.
 */
export function completionOf(months: readonly MonthDone[], today: string, currency: string): Done {
  const scale = scaleOf(currency);
  let [target, actual, expected] = [0n, 0n, 0n];
  for (const { month, target: aimed, actual: done } of months) {
    actual += signed(done || '0', scale) ?? 0n;
    const amount = scaled(aimed || '0', scale) ?? 0n;
    target += amount;
    const [passed, all] = elapsed(month, today);
    expected += (amount * passed) / all;
  }
  const none = months.every(({ target: aimed }) => aimed === '');
  return {
    target: none ? '' : unscaled(target, scale),
    actual: unscaled(actual, scale),
    rate: none ? '' : percent(actual, target),
    gap: none ? '' : unscaled(actual - target, scale),
    expected: none ? '' : unscaled(expected, scale),
    pace: none ? '' : percent(actual, expected),
  };
}

/** Done, in time, late, or nothing to be late with. */
export function standingOf({ rate, pace }: Done): 'ok' | 'on-pace' | 'late' | 'none' {
  if (rate === '') return 'none';
  if (Number(rate) >= 100) return 'ok';
  return pace === '' || Number(pace) >= 100 ? 'on-pace' : 'late';
}
