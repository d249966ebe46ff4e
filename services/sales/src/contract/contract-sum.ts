import type { Money } from '@pelagic/proto/crm/common/v1/common';
import type { Contract } from '@pelagic/proto/crm/sales/v1/contract';
import { settleSum, type Rates } from '@pelagic/capabilities/money/money';
import type { Tx } from '@pelagic/chassis/database';
import { enterprise, today } from '@pelagic/chassis/enterprise';
import { roundMoney } from '@pelagic/chassis/money';
import { invalidField } from '@pelagic/chassis/problem';
import Big from 'big.js';
import { settleLines, sumLines } from '../line/line.ts';
import { productsOf } from '../product/line-products.ts';
import type { ContractRow } from './contract.ts';

/** Without what is not there, so that it equals itself when it is read again. */
const asStored = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** The sum of the lines less the discount, which is in their currency and not more than it; what it is worth is of what they are. */
const lessDiscount = (sum: Money, discount: Money | null): [Money, Money | null] => {
  if (!discount) return [sum, null];
  const field = 'contract.discount';
  if (discount.currency !== sum.currency)
    throw invalidField(`${field}.currency`, 'ONE_CURRENCY', 'The discount is in the currency of the lines.', {
      currency: sum.currency,
    });
  const left = new Big(sum.amount).minus(discount.amount);
  if (left.lt(0))
    throw invalidField(`${field}.amount`, 'DISCOUNT_TOO_LARGE', 'The discount is more than the sum of the lines.');
  const base = enterprise().baseCurrency;
  // Of the sum's own worth, whatever the rate: lines that were rounded one by one are worth no less than nothing.
  const worth = new Big(sum.amount).eq(0) ? new Big(0) : new Big(sum.baseAmount).times(left).div(sum.amount);
  const amount = { ...sum, amount: roundMoney(left, sum.currency), baseAmount: roundMoney(worth, base) };
  const off = roundMoney(new Big(sum.baseAmount).minus(amount.baseAmount), base);
  return [amount, { ...discount, baseAmount: off, rateDate: sum.rateDate }];
};

/** With lines the amount is not written by hand; to send it back as it stands says nothing. */
const refuseOther = (given: Money, amount: Money): void => {
  if (new Big(given.amount).eq(amount.amount) && (given.currency || amount.currency) === amount.currency) return;
  throw invalidField('contract.amount', 'AMOUNT_OF_LINES', 'The amount of this contract is the sum of its lines.');
};

type Written = { before: Contract | undefined; paths: ReadonlySet<string>; rates: Rates };

/** Writes lines, discount and amount as far as the message names them; the amount is Σ lines − discount while there are lines. */
export const writeSum = async (
  tx: Tx,
  row: ContractRow,
  message: Contract,
  { before, paths, rates }: Written,
): Promise<void> => {
  const stood = before?.lines ?? [];
  const lines = paths.has('lines')
    ? await settleLines(message.lines, stood, await productsOf(tx, message.lines), {
        date: today(),
        rates,
        field: 'contract.lines',
      })
    : stood;
  const given = paths.has('discount') ? message.discount : before?.discount;
  const discount = await settleSum(given, before?.discount, 'contract.discount', rates);
  const sum = sumLines(lines);
  if (!sum) {
    if (discount)
      throw invalidField(
        'contract.discount',
        'DISCOUNT_OF_LINES',
        'Without lines the amount itself says the discount.',
      );
    const entered = paths.has('amount') ? message.amount : before?.amount;
    Object.assign(row, { lines: [], discount: null });
    row.amount = await settleSum(entered, before?.amount, 'contract.amount', rates);
    return;
  }
  const [amount, off] = lessDiscount(sum, discount);
  if (paths.has('amount') && message.amount?.amount) refuseOther(message.amount, amount);
  Object.assign(row, asStored({ lines, discount: off, amount }));
};

/** .proto and JSON names of what is written here. */
export const isSum = (path: string): boolean => ['lines', 'discount', 'amount'].includes(path);
export const SUMS: ReadonlySet<string> = new Set(['lines', 'discount', 'amount']);
