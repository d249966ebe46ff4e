import type { Money } from '@pelagic/proto/crm/common/v1/common';
import type { RefundReceiptRequest, ReverseReceiptRequest } from '@pelagic/proto/crm/sales/v1/receipt';
import { nextNumber } from '@pelagic/capabilities/numbering/gap-free';
import { changeRecord, insertRecord } from '@pelagic/capabilities/record/records';
import { tidy } from '@pelagic/capabilities/record/tidy';
import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import { enterprise, today } from '@pelagic/chassis/enterprise';
import { currencyScale, roundMoney } from '@pelagic/chassis/money';
import { invalidField, refused } from '@pelagic/chassis/problem';
import Big from 'big.js';
import type { ContractRow } from '../contract/contract.ts';
import { refuseMoreThan, settleAllocations } from './allocation.ts';
import { takesOf } from './ledger.ts';
import { leftOf, receipt, refuseReturn, type ReceiptRow } from './receipt.ts';
import { lockLedger, RECEIPT_PREFIX, refuseUnallocatable } from './write-receipt.ts';

type Return = {
  kind: 'RECEIPT_KIND_REFUND' | 'RECEIPT_KIND_REVERSAL';
  amount: Big;
  date: string;
  bankRef?: string;
  reason: string;
};

/** Its worth by the rate of the receipt: the sum of all that went back is rounded, so that in the end the worths are even. */
const returnedAfter = ({ amount, returned }: ReceiptRow, back: Big): Money => {
  const all = back.plus(returned?.amount ?? 0);
  const base = new Big(amount.baseAmount).times(all).div(amount.amount);
  return {
    ...amount,
    amount: roundMoney(all, amount.currency),
    baseAmount: roundMoney(base, enterprise().baseCurrency),
  };
};

const refuseNothing = (row: ReceiptRow): void => {
  refuseReturn(row);
  if (leftOf(row).lte(0)) throw refused('RECEIPT_ALL_RETURNED', 'Nothing is left of this receipt to go back.');
};

/** The row that says what went back: it is worth what the receipt is worth less for it. */
const enterReturn = async (
  tx: Tx,
  before: ReceiptRow,
  after: ReceiptRow,
  { kind, amount, date, bankRef = '', reason }: Return,
  caller: Caller,
): Promise<ReceiptRow> => {
  const { currency, rateDate } = before.amount;
  const worth = new Big(before.returned?.baseAmount ?? 0).minus(after.returned!.baseAmount);
  const row = {
    contract_id: before.contract_id,
    customer_id: before.customer_id,
    kind,
    state: 'RECEIPT_STATE_BOOKED',
    receive_date: date,
    method: before.method,
    amount: {
      amount: amount.times(-1).toFixed(currencyScale(currency)),
      currency,
      baseAmount: roundMoney(worth, enterprise().baseCurrency),
      rateDate,
    },
    returned: null,
    allocations: [],
    bank_ref: tidy(bankRef),
    payer: before.payer,
    note: '',
    returns_id: before.id,
    reason,
    owner_id: before.owner_id,
    department_id: before.department_id,
    external_id: '',
  };
  const number = await nextNumber(tx, 'receipt', RECEIPT_PREFIX);
  return insertRecord<ReceiptRow>(tx, receipt, { ...row, number }, caller);
};

const settleRefund = (row: ReceiptRow, request: RefundReceiptRequest): Return => {
  const { currency } = row.amount;
  const scale = currencyScale(currency);
  const [amount, left] = [new Big(request.amount), leftOf(row)];
  if (amount.lte(0)) throw invalidField('amount', 'NOT_POSITIVE', 'An amount is more than 0.');
  if (!amount.eq(amount.round(scale, Big.roundDown)))
    throw invalidField('amount', 'TOO_PRECISE', `${currency} has ${scale} decimals.`, { currency, scale });
  if (amount.gt(left))
    throw invalidField('amount', 'REFUND_TOO_LARGE', `Of this receipt ${left.toFixed(scale)} is left to go back.`, {
      left: left.toFixed(scale),
    });
  const date = request.refundDate || today();
  if (date > today()) throw invalidField('refundDate', 'DATE_IN_FUTURE', 'What is to go back has not gone yet.');
  if (date < row.receive_date)
    throw invalidField('refundDate', 'REFUND_BEFORE_RECEIPT', 'Nothing goes back before it came.');
  return { kind: 'RECEIPT_KIND_REFUND', amount, date, bankRef: request.bankRef, reason: tidy(request.reason) };
};

const reallocate = async (
  tx: Tx,
  agreed: ContractRow,
  row: ReceiptRow,
  { allocations, reallocate: anew }: RefundReceiptRequest,
  caller: Caller,
): Promise<void> => {
  const [left, { currency }] = [leftOf(row), row.amount];
  if (!anew) return refuseMoreThan(left, row.allocations, currency, 'allocations');
  refuseUnallocatable(caller);
  const instalments = await takesOf(tx, agreed, row.id);
  row.allocations = settleAllocations(allocations, { instalments, left, currency, field: 'allocations' });
};

/** Some of a receipt goes back. Instalments that it was for are freed by who says so, never silently. */
export const refundReceipt = async (tx: Tx, request: RefundReceiptRequest, caller: Caller): Promise<ReceiptRow> => {
  const { id, version, reason } = request;
  const agreed = await lockLedger(tx, id, caller, 'refund');
  let [before, back]: [ReceiptRow?, Return?] = [];
  const change = { action: 'refund', verb: 'refunded', version, reason };
  const after = await changeRecord<ReceiptRow>(tx, receipt, id, caller, change, async (row) => {
    refuseNothing(row);
    if (!tidy(reason)) throw invalidField('reason', 'REQUIRED', 'Say why it goes back.');
    before = structuredClone(row);
    back = settleRefund(row, request);
    row.returned = returnedAfter(row, back.amount);
    row.state = leftOf(row).eq(0) ? 'RECEIPT_STATE_REFUNDED' : 'RECEIPT_STATE_PARTLY_REFUNDED';
    await reallocate(tx, agreed, row, request, caller);
  });
  return enterReturn(tx, before!, after, back!, caller);
};

/** A mistaken receipt is taken back: all that is left of it, today, and off every instalment. */
export const reverseReceipt = async (
  tx: Tx,
  { id, version, reason }: ReverseReceiptRequest,
  caller: Caller,
): Promise<ReceiptRow> => {
  await lockLedger(tx, id, caller, 'reverse');
  let before: ReceiptRow | undefined;
  const change = { action: 'reverse', verb: 'reversed', version, reason };
  const after = await changeRecord<ReceiptRow>(tx, receipt, id, caller, change, (row) => {
    refuseNothing(row);
    if (!tidy(reason)) throw invalidField('reason', 'REQUIRED', 'Say why it is taken back.');
    before = structuredClone(row);
    Object.assign(row, {
      returned: returnedAfter(row, leftOf(row)),
      state: 'RECEIPT_STATE_REVERSED',
      allocations: [],
    });
  });
  const amount = leftOf(before!);
  const back: Return = { kind: 'RECEIPT_KIND_REVERSAL', amount, date: today(), reason: tidy(reason) };
  return enterReturn(tx, before!, after, back, caller);
};
