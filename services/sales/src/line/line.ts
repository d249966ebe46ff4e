import type { Money } from '@pelagic/proto/crm/common/v1/common';
import type { ProductLine } from '@pelagic/proto/crm/sales/v1/product';
import { settleMoney, worthOn, type Rates } from '@pelagic/capabilities/money/money';
import { enterprise } from '@pelagic/chassis/enterprise';
import { roundMoney } from '@pelagic/chassis/money';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { invalid, invalidField, type FieldError } from '@pelagic/chassis/problem';
import Big from 'big.js';

/** What a line takes from its product: nothing of it is asked for again later. */
export type LineProduct = { id: string; name: string; unit: string; list_price: Money | null; sold: boolean };

type Terms = {
  /** The day whose rate counts. */
  date: string;
  rates: Rates;
  /** Path that errors are told under: opportunity.lines. */
  field: string;
};

const QUANTITY_SCALE = 4;
const QUANTITY_MAX = new Big('1000000000');
const DISCOUNT_SCALE = 2;

const scaleOf = (value: Big, scale: number): boolean => value.eq(value.round(scale, Big.roundDown));

const quantityOf = (text: string, field: string): string => {
  const value = new Big(text);
  if (value.lte(0) || value.gte(QUANTITY_MAX) || !scaleOf(value, QUANTITY_SCALE))
    throw invalidField(field, 'BAD_QUANTITY', 'A quantity is more than 0 and has at most 4 decimals.');
  return value.toFixed();
};

const discountOf = (text: string, field: string): string => {
  const value = new Big(text || '0');
  if (value.lt(0) || value.gt(100) || !scaleOf(value, DISCOUNT_SCALE))
    throw invalidField(field, 'BAD_DISCOUNT', 'A discount is between 0 and 100 percent, with at most 2 decimals.');
  return value.toFixed();
};

/** quantity × price × (100 − discount) / 100, rounded to the scale of the currency. */
export const lineTotal = (quantity: string, price: string, discount: string, currency: string): string =>
  roundMoney(new Big(quantity).times(price).times(new Big(100).minus(discount)).div(100), currency);

const soldProduct = (
  line: ProductLine,
  stood: ProductLine | undefined,
  known: ReadonlyMap<string, LineProduct>,
  field: string,
): LineProduct | undefined => {
  const product = known.get(line.productId);
  // What stands on the line stays there, whatever became of the product.
  if (stood?.productId === line.productId) return product;
  if (!product) throw invalidField(`${field}.productId`, 'UNKNOWN_PRODUCT', 'There is no such product.');
  if (!product.sold) throw invalidField(`${field}.productId`, 'PRODUCT_RETIRED', 'This product is no longer sold.');
  return product;
};

const settleLine = async (
  line: ProductLine,
  stood: ProductLine | undefined,
  known: ReadonlyMap<string, LineProduct>,
  { field, ...terms }: Terms,
): Promise<ProductLine> => {
  const product = soldProduct(line, stood, known, field);
  const given = line.price?.amount ? line.price : (product?.list_price ?? undefined);
  if (!given) throw invalidField(`${field}.price`, 'REQUIRED', 'This product has no list price: say what one costs.');
  if (new Big(given.amount).lt(0))
    throw invalidField(`${field}.price.amount`, 'NEGATIVE', 'An amount cannot be negative.');
  const { amount, currency } = given;
  const price = await settleMoney(
    { amount, currency, baseAmount: '', rateDate: '' },
    { ...terms, field: `${field}.price` },
  );
  const quantity = quantityOf(line.quantity, `${field}.quantity`);
  const discountPercent = discountOf(line.discountPercent, `${field}.discountPercent`);
  const sum = {
    amount: lineTotal(quantity, price.amount, discountPercent, price.currency),
    currency: price.currency,
  };
  return {
    id: line.id || uuidv7(),
    productId: line.productId,
    productName: stood?.productId === line.productId ? stood.productName : product!.name,
    unit: stood?.productId === line.productId ? stood.unit : product!.unit,
    quantity,
    price,
    discountPercent,
    total: { ...sum, ...(await worthOn(sum, { ...terms, field: `${field}.price` })) },
  };
};

/** What somebody wrote of a line, and not what it is worth on some day. */
const written = ({ id, productId, quantity, price, discountPercent }: ProductLine): string =>
  JSON.stringify([id, productId, quantity, price?.amount, price?.currency, discountPercent]);

const sameLines = (a: ProductLine[], b: ProductLine[]): boolean =>
  a.length === b.length && a.every((line, index) => written(line) === written(b[index]!));

const listErrors = (lines: ProductLine[], field: string): FieldError[] => [
  ...lines.flatMap(({ id }, index): FieldError[] =>
    id && lines.findIndex((line) => line.id === id) < index
      ? [{ field: `${field}[${index}].id`, reason: 'DUPLICATE', message: 'This one stands in the list already.' }]
      : [],
  ),
];

const refuseMixed = (lines: ProductLine[], field: string): void => {
  const at = lines.findIndex(({ price }) => price?.currency !== lines[0]?.price?.currency);
  if (at >= 0)
    throw invalidField(`${field}[${at}].price.currency`, 'ONE_CURRENCY', 'All lines are in the same currency.', {
      currency: lines[0]!.price!.currency,
    });
};

/**
 * Lines as they are kept. When nothing of them changes they keep the worth of their day; else all of them are worth what
 * they are by the rate of `date`.
 */
export const settleLines = async (
  lines: ProductLine[],
  before: ProductLine[],
  known: ReadonlyMap<string, LineProduct>,
  terms: Terms,
): Promise<ProductLine[]> => {
  const errors = listErrors(lines, terms.field);
  if (errors.length) throw invalid(...errors);
  const stood = new Map(before.map((line) => [line.id, line]));
  const settled: ProductLine[] = [];
  for (const [index, line] of lines.entries())
    settled.push(await settleLine(line, stood.get(line.id), known, { ...terms, field: `${terms.field}[${index}]` }));
  refuseMixed(settled, terms.field);
  return sameLines(settled, before) ? before : settled;
};

/** The same lines with their worth by the rate of another day. */
export const rateLines = async (lines: ProductLine[], terms: Terms): Promise<ProductLine[]> => {
  const rated: ProductLine[] = [];
  for (const line of lines) {
    const [price, total] = [line.price!, line.total!];
    rated.push({
      ...line,
      price: { ...price, ...(await worthOn(price, terms)) },
      total: { ...total, ...(await worthOn(total, terms)) },
    });
  }
  return rated;
};

/** The sum of rounded lines, and that of their rounded worth; none without lines. */
export const sumLines = (lines: ProductLine[]): Money | undefined => {
  const [first] = lines;
  if (!first) return undefined;
  const { currency, rateDate } = first.total!;
  const sum = (part: 'amount' | 'baseAmount') => lines.reduce((all, { total }) => all.plus(total![part]), new Big(0));
  return {
    amount: roundMoney(sum('amount'), currency),
    currency,
    baseAmount: roundMoney(sum('baseAmount'), enterprise().baseCurrency),
    rateDate,
  };
};
