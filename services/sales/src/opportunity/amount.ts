import type { Money } from '@pelagic/proto/crm/common/v1/common';
import { settleMoney, worthOn, type Rates } from '@pelagic/capabilities/money/money';
import { invalidField } from '@pelagic/chassis/problem';
import Big from 'big.js';
import { readAmount, type OpportunityRow } from './opportunity.ts';

type Amounts = Pick<OpportunityRow, 'amount' | 'currency' | 'base_amount' | 'rate_date'>;

const field = 'opportunity.amount';

/** Four decimals, as the columns have them. */
const stored = (value: string): string => new Big(value).toFixed(4);

/** Works out the worth in the base currency anew, by the rate of another day. */
export const rateAmount = async (row: Amounts, date: string, rates: Rates): Promise<void> => {
  const { amount, currency } = row;
  if (amount === null || currency === null) return;
  const { baseAmount, rateDate } = await worthOn({ amount, currency }, { date, rates, field });
  row.base_amount = stored(baseAmount);
  row.rate_date = rateDate;
};

/** Writes an amount, or takes it away. `date`: today, or the close date of what is closed. */
export const writeAmount = async (
  row: Amounts,
  given: Money | undefined,
  date: string,
  rates: Rates,
): Promise<void> => {
  if (!given?.amount) {
    Object.assign(row, { amount: null, currency: null, base_amount: null, rate_date: null });
    return;
  }
  if (new Big(given.amount).lt(0)) throw invalidField(`${field}.amount`, 'NEGATIVE', 'An amount cannot be negative.');
  const { amount, currency, baseAmount, rateDate } = await settleMoney(given, {
    date,
    rates,
    field,
    before: readAmount(row),
  });
  Object.assign(row, { amount: stored(amount), currency, base_amount: stored(baseAmount), rate_date: rateDate });
};
