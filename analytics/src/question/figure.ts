import { enterprise } from '@pelagic/chassis/enterprise';
import { currencyScale } from '@pelagic/chassis/money';
import Big from 'big.js';
import type { Measure, Unit } from '../cubes/cube.ts';

/** Decimals of a ratio; a sum of money has those of the base currency. */
const SCALES: Partial<Record<Unit, number>> = { percent: 2, days: 1, hours: 1 };

const scaleOf = ({ unit }: Measure): number =>
  unit === 'money' ? currencyScale(enterprise().baseCurrency) : (SCALES[unit] ?? 0);

/** Sums as they are, without rounding away what is there; ratios rounded half away from zero. */
export const figure = (measure: Measure, value: unknown, divisor: unknown): string => {
  const sum = new Big(String(value ?? 0));
  if (!measure.per) return measure.unit === 'money' ? sum.toFixed(scaleOf(measure), Big.roundHalfUp) : sum.toFixed();
  const by = new Big(String(divisor ?? 0));
  if (by.eq(0)) return '';
  const times = measure.unit === 'percent' ? 100 : 1;
  return sum.times(times).div(by).toFixed(scaleOf(measure), Big.roundHalfUp);
};
