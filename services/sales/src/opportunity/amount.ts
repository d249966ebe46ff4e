import type { Money } from '@pelagic/proto/crm/common/v1/common';
import { settleMoney, worthOn, type Rates } from '@pelagic/capabilities/money/money';
import { invalidField } from '@pelagic/chassis/problem';
import Big from 'big.js';
import { rateLines, sumLines } from '../line/line.ts';
import { readAmount, type OpportunityRow } from './opportunity.ts';

type Amounts = Pick<OpportunityRow, 'amount' | 'currency' | 'base_amount' | 'rate_date' | 'lines'>;

const field = 'opportunity.amount';

/** Four decimals, as the columns have them. */
const stored = (value: string): string => new Big(value).toFixed(4);

/** Works out the worth in the base currency anew, by the rate of another day. */
export const rateAmount = async (row: Amounts, date: string, rates: Rates): Promise<void> => {
  const { amount, currency } = row;
  if (amount === null || currency === null) return;
  if (row.lines.length) {
    row.lines = asStored(await rateLines(row.lines, { date, rates, field }));
    sumUp(row);
    return;
  }
  const { baseAmount, rateDate } = await worthOn({ amount, currency }, { date, rates, field });
  row.base_amount = stored(baseAmount);
  row.rate_date = rateDate;
};

/** Lines are stored without what is not there. */
export const asStored = <T>(list: T[]): T[] => JSON.parse(JSON.stringify(list)) as T[];

/** The amount of a deal with lines is theirs. */
export const sumUp = (row: Amounts): void => {
  const sum = sumLines(row.lines);
  if (!sum) return;
  const { amount, currency, baseAmount, rateDate } = sum;
  Object.assign(row, { amount: stored(amount), currency, base_amount: stored(baseAmount), rate_date: rateDate });
};

/** With lines the amount is not written by hand; to send it back as it stands says nothing. */
const refuseOther = ({ amount, currency }: Amounts, given: Money | undefined): void => {
  const same = given?.amount && new Big(given.amount).eq(amount!) && (given.currency || currency) === currency;
  if (!same) throw invalidField(field, 'AMOUNT_OF_LINES', 'The amount of this deal is the sum of its lines.');
};

/** Writes an amount, or takes it away. `date`: today, or the close date of what is closed. */
export const writeAmount = async (
  row: Amounts,
  given: Money | undefined,
  date: string,
  rates: Rates,
): Promise<void> => {
  if (row.lines.length) return refuseOther(row, given);
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
