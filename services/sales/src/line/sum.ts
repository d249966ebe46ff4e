import type { Money } from '@pelagic/proto/crm/common/v1/common';
import { settleMoney, type Rates } from '@pelagic/capabilities/money/money';
import { today } from '@pelagic/chassis/enterprise';
import { invalidField } from '@pelagic/chassis/problem';
import Big from 'big.js';

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
