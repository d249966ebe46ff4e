import type { Money } from '@pelagic/proto/crm/common/v1/common';
import { dateIn } from '@pelagic/chassis/clock';
import { enterprise, enterpriseTimeZone } from '@pelagic/chassis/enterprise';
import { currencyScale, rateOn, roundMoney, type Rate } from '@pelagic/chassis/money';
import { invalidField } from '@pelagic/chassis/problem';
import Big from 'big.js';
import type { OpportunityRow } from './opportunity.ts';

/** The rates of a currency; asked only for those that are not the base. */
export type Rates = (currency: string) => Promise<Rate[]>;

type Amounts = Pick<OpportunityRow, 'amount' | 'currency' | 'base_amount' | 'rate_date'>;

const refuse = (part: string, reason: string, message: string, params?: Record<string, string | number>) =>
  invalidField(`opportunity.amount.${part}`, reason, message, params);

const CURRENCIES = new Set(Intl.supportedValuesOf('currency'));

const knownCurrency = (currency: string): string => {
  if (!CURRENCIES.has(currency))
    throw refuse('currency', 'UNKNOWN_CURRENCY', `There is no currency ${currency}.`, { currency });
  return currency;
};

const checkAmount = (amount: string, currency: string): Big => {
  const value = new Big(amount);
  if (value.lt(0)) throw refuse('amount', 'NEGATIVE', 'An amount cannot be negative.');
  const scale = currencyScale(currency);
  if (!value.eq(value.round(scale, Big.roundDown)))
    throw refuse('amount', 'TOO_PRECISE', `${currency} has ${scale} decimals.`, { currency, scale });
  return value;
};

/** Works out the worth in the base currency by the rate of a day: amount × rate, rounded to the base's scale. */
export const rateAmount = async (row: Amounts, date: string, rates: Rates): Promise<void> => {
  if (row.amount === null || row.currency === null) return;
  const base = enterprise().baseCurrency;
  const rate = rateOn(
    row.currency === base ? [] : await rates(row.currency),
    base,
    row.currency,
    date,
    'opportunity.amount.currency',
  );
  row.base_amount = new Big(roundMoney(new Big(row.amount).times(rate), base)).toFixed(4);
  row.rate_date = date;
};

/**
 * Writes an amount, or takes it away. `date` is the day whose rate is taken unless the amount names one: today, or the
 * close date of what is closed.
 */
export const writeAmount = async (
  row: Amounts,
  amount: Money | undefined,
  date: string,
  rates: Rates,
): Promise<void> => {
  if (!amount?.amount) {
    Object.assign(row, { amount: null, currency: null, base_amount: null, rate_date: null });
    return;
  }
  const currency = knownCurrency(amount.currency || enterprise().baseCurrency);
  const value = checkAmount(amount.amount, currency);
  if (amount.rateDate > dateIn(enterpriseTimeZone()))
    throw refuse('rateDate', 'DATE_IN_FUTURE', 'The rate of a day to come is not known yet.');
  const same =
    row.amount !== null &&
    row.currency === currency &&
    value.eq(row.amount) &&
    (!amount.rateDate || amount.rateDate === row.rate_date);
  if (same) return;
  row.amount = value.toFixed(4);
  row.currency = currency;
  await rateAmount(row, amount.rateDate || date, rates);
};
