import type { Money } from '@pelagic/proto/crm/common/v1/common';
import type { Receipt } from '@pelagic/proto/crm/sales/v1/receipt';
import { defineNoun } from '@pelagic/capabilities/record/noun';
import type { Row } from '@pelagic/capabilities/record/mapping';
import type { RecordRow } from '@pelagic/capabilities/record/records';
import { may, visible } from '@pelagic/chassis/access';
import { refused } from '@pelagic/chassis/problem';
import Big from 'big.js';
import { sql } from 'kysely';
import { ofCustomerNamed } from '../customer/customer.ts';
import type { Allocation } from './allocation.ts';

export type ReceiptKind = `RECEIPT_KIND_${'RECEIPT' | 'REFUND' | 'REVERSAL'}`;
export type ReceiptState = `RECEIPT_STATE_${'BOOKED' | 'PARTLY_REFUNDED' | 'REFUNDED' | 'REVERSED'}`;

export type ReceiptRow = RecordRow & {
  number: string;
  contract_id: string;
  customer_id: string;
  kind: ReceiptKind;
  state: ReceiptState;
  receive_date: string;
  method: string;
  amount: Money;
  returned: Money | null;
  allocations: Allocation[];
  bank_ref: string;
  payer: string;
  note: string;
  returns_id: string | null;
  reason: string;
  owner_id: string;
  department_id: string;
  external_id: string;
};

/**
 * A receipt is seen with its contract, by whoever may see that; what is done with it asks for a right of its own, and of
 * a contract that is shared for more than reading.
 */
export const receipt = defineNoun({
  noun: 'receipt',
  search: {
    open: ['number', 'bank_ref', 'payer'],
    guarded: [],
    also: (caller, query) => ofCustomerNamed(caller, query, sql.ref('receipt.customer_id')),
  },
  reach: (caller, action, table) =>
    may(caller, `receipt.${action}`)
      ? sql`exists (select from contract where contract.id = ${sql.ref(`${table}.contract_id`)} and contract.delete_time is null
          and ${visible(caller, 'contract.read', { noun: 'contract', table: 'contract', doing: action })})`
      : sql`false`,
});

export const receiptMessage = (row: ReceiptRow): Receipt =>
  receipt.mapping.toMessage(row as unknown as Row) as unknown as Receipt;

/** What of a receipt has not gone back, in its own currency. */
export const leftOf = ({ amount, returned }: Pick<ReceiptRow, 'amount' | 'returned'>): Big =>
  new Big(amount.amount).minus(returned?.amount ?? 0);

/** Refunds and reversals are for nothing, and what went back does not go back again. */
export const refuseReturn = ({ kind }: Pick<ReceiptRow, 'kind'>): void => {
  if (kind !== 'RECEIPT_KIND_RECEIPT')
    throw refused('RECEIPT_IS_RETURN', 'What went back is not allocated, refunded or reversed: only receipts are.');
};
