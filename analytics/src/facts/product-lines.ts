import { enterprise } from '@pelagic/chassis/enterprise';
import { roundMoney } from '@pelagic/chassis/money';
import Big from 'big.js';
import { computed, decimal, MONEY_TYPE, type Column, type State, type Sum } from './column.ts';

type Line = { productId?: string; quantity?: string; price?: Sum; total?: Sum };

/** What of a record is of one product: money in the base currency, before and after all discounts. */
export type ProductShare = { product: string; quantity: string; amount: string; listAmount: string };

const numberOf = (text: string | undefined): Big => new Big(text || 0);

/** What one unit of the record's currency is worth; of a record that comes to nothing its prices tell. */
const rateOf = (sums: (Sum | undefined)[]): Big => {
  const known = sums.find((sum) => sum?.baseAmount && !numberOf(sum.amount).eq(0));
  return known ? numberOf(known.baseAmount).div(numberOf(known.amount)) : new Big(1);
};

/** Sums of the lines by product, in the order in which they are named. */
const byProduct = (lines: Line[]) => {
  const sums = new Map<string, { quantity: Big; total: Big; list: Big }>();
  for (const { productId = '', quantity, price, total } of lines) {
    const sum = sums.get(productId) ?? { quantity: new Big(0), total: new Big(0), list: new Big(0) };
    sums.set(productId, {
      quantity: sum.quantity.plus(numberOf(quantity)),
      total: sum.total.plus(numberOf(total?.amount)),
      list: sum.list.plus(numberOf(quantity).times(numberOf(price?.amount))),
    });
  }
  return [...sums];
};

/**
 * Each product once, so that what is counted by product counts a record once for each. A discount on the whole is spread
 * over the lines by what they come to; the last product takes what rounding leaves, so that the shares are together
 * what the record is. A record without lines is all of no product.
 */
export const productShares = (state: State): ProductShare[] => {
  const lines = (state['lines'] ?? []) as Line[];
  const sum = state['amount'] as Sum | undefined;
  const whole = numberOf(sum?.baseAmount || sum?.amount);
  if (!lines.length) {
    const amount = decimal(whole.toFixed());
    return [{ product: '', quantity: '0', amount, listAmount: amount }];
  }
  const { baseCurrency } = enterprise();
  const money = (value: Big): Big => new Big(roundMoney(value, baseCurrency));
  const rate = rateOf([sum, ...lines.map(({ price }) => price)]);
  const sums = byProduct(lines);
  const all = sums.reduce((total, [, one]) => total.plus(one.total), new Big(0));
  let left = whole;
  return sums.map(([product, { quantity, total, list }], index) => {
    const part = all.eq(0) ? new Big(0) : money(whole.times(total).div(all));
    const amount = index === sums.length - 1 ? left : part;
    left = left.minus(amount);
    return {
      product,
      quantity: decimal(quantity.toFixed()),
      amount: decimal(amount.toFixed()),
      listAmount: decimal(money(list.times(rate)).toFixed()),
    };
  });
};

const listed = (type: string, name: keyof ProductShare): Column =>
  computed(`Array(${type})`, (state) => productShares(state).map((share) => share[name]));

/** Columns of a noun that names products on its lines: one place in each of them for every product. */
export const PRODUCT_COLUMNS: Record<string, Column> = {
  product_ids: listed('String', 'product'),
  product_quantities: listed(MONEY_TYPE, 'quantity'),
  product_amounts: listed(MONEY_TYPE, 'amount'),
  product_list_amounts: listed(MONEY_TYPE, 'listAmount'),
};
