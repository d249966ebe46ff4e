import Big from 'big.js';
import { invalidField } from './problem.ts';

/** A formatter costs more than the sum that it is asked for. */
const scales = new Map<string, number>();

/** Minor digits by ISO 4217 where they are not two. Source: Intl's currency data. */
export const currencyScale = (currency: string): number => {
  let scale = scales.get(currency);
  if (scale === undefined)
    scales.set(
      currency,
      (scale =
        new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2),
    );
  return scale;
};

/** Half away from zero to the scale of the currency; the one place where money is rounded. */
export const roundMoney = (amount: Big | string, currency: string): string => {
  const scale = currencyScale(currency);
  return new Big(amount).round(scale, Big.roundHalfUp).toFixed(scale);
};

export const sumMoney = (amounts: Iterable<string>): Big => {
  let sum = new Big(0);
  for (const amount of amounts) sum = sum.plus(amount);
  return sum;
};

export type Rate = { currency: string; fromDate: string; rate: string };

/** The rate that holds on a date: the newest one not after it. The base currency's is 1. Refuses when there is none. */
export const rateOn = (rates: Rate[], base: string, currency: string, date: string, field = 'amount.currency'): Big => {
  if (currency === base) return new Big(1);
  const rate = rates
    .filter((candidate) => candidate.currency === currency && candidate.fromDate <= date)
    .toSorted((a, b) => b.fromDate.localeCompare(a.fromDate))[0];
  if (!rate)
    throw invalidField(field, 'NO_EXCHANGE_RATE', `There is no exchange rate for ${currency} on ${date}.`, {
      currency,
      date,
    });
  return new Big(rate.rate);
};
