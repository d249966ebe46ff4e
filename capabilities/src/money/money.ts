import type { Money } from '@pelagic/proto/crm/common/v1/common';
import { enterprise, today } from '@pelagic/chassis/enterprise';
import { currencyScale, rateOn, roundMoney, type Rate } from '@pelagic/chassis/money';
import { invalidField } from '@pelagic/chassis/problem';
import Big from 'big.js';

/** The rates of a currency; asked only for those that are not the base. */
export type Rates = (currency: string) => Promise<Rate[]>;

type Terms = {
  /** The day whose rate counts unless the money names one: today, or the day something was closed. */
  date: string;
  rates: Rates;
  /** Path that errors are told under. */
  field: string;
  /** What stands; the same sum keeps the worth of its day. */
  before?: Money | undefined;
};

const CURRENCIES = new Set(Intl.supportedValuesOf('currency'));

const knownCurrency = (currency: string, field: string): string => {
  if (!CURRENCIES.has(currency))
    throw invalidField(`${field}.currency`, 'UNKNOWN_CURRENCY', `There is no currency ${currency}.`, { currency });
  return currency;
};

/** The worth of a sum in the base currency by the rate of a day: amount × rate, rounded to the base's decimals. */
export const worthOn = async (
  { amount, currency }: Pick<Money, 'amount' | 'currency'>,
  { date, rates, field }: Terms,
): Promise<Pick<Money, 'baseAmount' | 'rateDate'>> => {
  const base = enterprise().baseCurrency;
  const rate = rateOn(currency === base ? [] : await rates(currency), base, currency, date, `${field}.currency`);
  return { baseAmount: roundMoney(new Big(amount).times(rate), base), rateDate: date };
};

/**
 * A sum that somebody writes, with its currency (the base when they name none), its worth in the base currency and the
 * day of the rate. Refuses unknown currencies, more decimals than the currency has, days to come and missing rates.
 */
export const settleMoney = async (given: Money, terms: Terms): Promise<Money> => {
  const { field, before, date } = terms;
  const currency = knownCurrency(given.currency || enterprise().baseCurrency, field);
  const scale = currencyScale(currency);
  const value = new Big(given.amount);
  if (!value.eq(value.round(scale, Big.roundDown)))
    throw invalidField(`${field}.amount`, 'TOO_PRECISE', `${currency} has ${scale} decimals.`, { currency, scale });
  if (given.rateDate > today())
    throw invalidField(`${field}.rateDate`, 'DATE_IN_FUTURE', 'The rate of a day to come is not known yet.');
  const same =
    before?.baseAmount &&
    before.currency === currency &&
    value.eq(before.amount) &&
    (!given.rateDate || given.rateDate === before.rateDate);
  if (same) return before;
  const amount = value.toFixed(scale);
  return { amount, currency, ...(await worthOn({ amount, currency }, { ...terms, date: given.rateDate || date })) };
};

/** A sum that is not negative, with its worth in the base currency by today's rate or that of the day it names; none for none. */
export const settleSum = async (
  given: Money | undefined,
  before: Money | null | undefined,
  field: string,
  rates: Rates,
): Promise<Money | null> => {
  if (!given?.amount) return null;
  if (new Big(given.amount).lt(0)) throw invalidField(`${field}.amount`, 'NEGATIVE', 'An amount cannot be negative.');
  return settleMoney(given, { date: today(), rates, field, before: before ?? undefined });
};
