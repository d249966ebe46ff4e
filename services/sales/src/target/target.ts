import type { Money } from '@pelagic/proto/crm/common/v1/common';
import type { Target, TargetMeasure } from '@pelagic/proto/crm/sales/v1/target';
import { defineNoun } from '@pelagic/capabilities/record/noun';
import type { Row } from '@pelagic/capabilities/record/mapping';
import type { RecordRow } from '@pelagic/capabilities/record/records';
import { enterprise, today } from '@pelagic/chassis/enterprise';
import { currencyScale } from '@pelagic/chassis/money';
import { invalidField } from '@pelagic/chassis/problem';
import Big from 'big.js';
import { sql } from 'kysely';

export type TargetRow = RecordRow & {
  measure: TargetMeasure;
  month: string;
  subject: `TARGET_SUBJECT_${'PERSON' | 'DEPARTMENT'}`;
  owner_id: string | null;
  department_id: string;
  amount: Money;
};

/** Seen by scope: a person's like all that is theirs, a department's by whoever sees the department. */
export const target = defineNoun({
  noun: 'target',
  search: { open: [], guarded: [] },
  order: 'month desc',
});

export const targetMessage = (row: TargetRow): Target =>
  target.mapping.toMessage(row as unknown as Row) as unknown as Target;

/** A person who moves takes along what is still to come; what was, was the other department's. */
export const isToCome = () => sql<boolean>`month >= date_trunc('month', ${today()}::date)`;

/** In the base currency, which targets have no choice about, so that those of one department add up. */
export const settleAmount = (amount: string, field: string): Money => {
  const { baseCurrency: currency } = enterprise();
  const scale = currencyScale(currency);
  const value = new Big(amount);
  if (value.lt(0)) throw invalidField(field, 'NEGATIVE', 'An amount cannot be negative.');
  if (!value.eq(value.round(scale, Big.roundDown)))
    throw invalidField(field, 'TOO_PRECISE', `${currency} has ${scale} decimals.`, { currency, scale });
  const settled = value.toFixed(scale);
  return { amount: settled, currency, baseAmount: settled, rateDate: today() };
};
