import { m } from '#lib/paraglide/messages.js';
import type { Unit } from './figure.ts';

/** Change against the comparison in percent, one decimal; null where there is nothing to compare with. */
export function changeOf(value: string, compare: string): number | null {
  const [now, before] = [Number(value), Number(compare)];
  if (value === '' || compare === '' || before === 0) return null;
  return Math.round(((now - before) / Math.abs(before)) * 1000) / 10;
}

/** Between two shares, what lies between them: 30% after 20% is 10 points more, not half as much again. */
export function pointsBetween(value: string, compare: string): number | null {
  if (value === '' || compare === '') return null;
  return Math.round((Number(value) - Number(compare)) * 10) / 10;
}

export interface Change {
  /** Below, above or at 0. */
  amount: number;
  text: string;
}

/** The change in words: `+12.5%`, of shares `+2.1 pp`. */
export function changeIn(value: string, compare: string, unit: Unit): Change | null {
  const amount = unit === 'percent' ? pointsBetween(value, compare) : changeOf(value, compare);
  if (amount === null) return null;
  const sign = amount > 0 ? '+' : '';
  const shown = Math.abs(amount) < 100 ? amount : Math.round(amount);
  return { amount, text: unit === 'percent' ? m.points({ points: `${sign}${shown}` }) : `${sign}${shown}%` };
}
