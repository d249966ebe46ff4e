import { currencyScale, sumMoney } from '@pelagic/chassis/money';
import { invalid, invalidField, type FieldError } from '@pelagic/chassis/problem';
import Big from 'big.js';

/** What of a receipt is for an instalment. */
export type Allocation = { instalmentId: string; amount: string };

/** What an instalment takes from this receipt at most: its amount less what other receipts gave it. */
export type Takes = { id: string; open: Big };

type Terms = {
  /** In the order in which they are due. */
  instalments: Takes[];
  /** What of the receipt there is. */
  left: Big;
  currency: string;
  /** Path that errors are told under. */
  field: string;
};

/** The oldest instalments first, each in full, as far as the money goes. */
export const oldestFirst = ({ instalments, left, currency }: Omit<Terms, 'field'>): Allocation[] => {
  const scale = currencyScale(currency);
  const allocations: Allocation[] = [];
  let rest = left;
  for (const { id, open } of instalments) {
    const amount = open.lt(rest) ? open : rest;
    if (amount.lte(0)) continue;
    allocations.push({ instalmentId: id, amount: amount.toFixed(scale) });
    rest = rest.minus(amount);
  }
  return allocations;
};

const faultOf = (
  { instalmentId, amount }: Allocation,
  at: string,
  { instalments, currency }: Terms,
  before: ReadonlySet<string>,
): FieldError | undefined => {
  const scale = currencyScale(currency);
  const value = new Big(amount);
  const takes = instalments.find(({ id }) => id === instalmentId);
  if (!takes)
    return {
      field: `${at}.instalmentId`,
      reason: 'UNKNOWN_INSTALMENT',
      message: 'The plan of the contract has no such instalment.',
    };
  if (before.has(instalmentId))
    return { field: `${at}.instalmentId`, reason: 'INSTALMENT_TWICE', message: 'This instalment is named twice.' };
  const field = `${at}.amount`;
  if (value.lte(0)) return { field, reason: 'NOT_POSITIVE', message: 'An amount is more than 0.' };
  if (!value.eq(value.round(scale, Big.roundDown)))
    return { field, reason: 'TOO_PRECISE', message: `${currency} has ${scale} decimals.`, params: { currency, scale } };
  if (value.gt(takes.open))
    return {
      field,
      reason: 'INSTALMENT_OVER_ALLOCATED',
      message: `This instalment lacks ${takes.open.toFixed(scale)} and no more.`,
      params: { left: takes.open.toFixed(scale) },
    };
  return undefined;
};

/** As they are stored, when no instalment and not the receipt gives more than it has; else refused with what is left. */
export const settleAllocations = (given: Allocation[], terms: Terms): Allocation[] => {
  const { left, currency, field } = terms;
  const scale = currencyScale(currency);
  const named = new Set<string>();
  const errors = given.flatMap((allocation, index) => {
    const fault = faultOf(allocation, `${field}[${index}]`, terms, named);
    named.add(allocation.instalmentId);
    return fault ?? [];
  });
  if (errors.length) throw invalid(...errors);
  refuseMoreThan(left, given, currency, field);
  return given.map(({ instalmentId, amount }) => ({ instalmentId, amount: new Big(amount).toFixed(scale) }));
};

/** Refuses allocations of more than there is. */
export const refuseMoreThan = (left: Big, given: Allocation[], currency: string, field: string): void => {
  if (sumMoney(given.map(({ amount }) => amount)).lte(left)) return;
  const rest = left.toFixed(currencyScale(currency));
  throw invalidField(field, 'RECEIPT_OVER_ALLOCATED', `Of this receipt there is ${rest} and no more.`, { left: rest });
};
