import type { Contract } from '@pelagic/proto/crm/sales/v1/contract';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everything, startSalesService } from '../testing.ts';
import { agreed, cny, newReceipt, newRefund, plan } from './testing.ts';

type Started = Awaited<ReturnType<typeof startSalesService>>;
type Person = Awaited<ReturnType<Started['person']>>;

let started: Started;
let ann: Person;
let customerId: string;

beforeAll(async () => {
  started = await startSalesService();
  ann = await started.person({ permissions: everything('ALL') });
  customerId = started.customer({ name: '蓝海' }, ann);
  await started.database.sql
    .insertInto('directory_rate')
    .values({ id: uuidv7(), currency: 'USD', from_date: '2020-01-01', rate: '7.0015' })
    .execute();
});
afterAll(() => started.stop());

const THREE = plan(['2026-01-01', '300'], ['2026-02-01', '300'], ['2099-01-01', '400']);
const contractWith = (instalments = THREE) => agreed(started, ann, customerId, { instalments });
const enter = async (...args: Parameters<typeof newReceipt>) =>
  (await ann.receipts.createReceipt(newReceipt(...args))).receipt!;
const balance = ({ id }: Contract) => ann.receipts.getContractBalance({ id });

describe('what goes back', () => {
  it('is a row of its own that points to its receipt, and frees instalments only when told', async () => {
    const contract = await contractWith();
    const made = await enter(contract.id, '500');
    const refund = (amount: string, more = {}) => ann.receipts.refundReceipt(newRefund(made.id, amount, more));
    await expect(refund('500.01')).rejects.toMatchObject({
      fields: [{ field: 'amount', reason: 'REFUND_TOO_LARGE', params: { left: '500.00' } }],
    });
    await expect(refund('200')).rejects.toMatchObject({
      fields: [{ field: 'allocations', reason: 'RECEIPT_OVER_ALLOCATED', params: { left: '300.00' } }],
    });
    await expect(refund('1', { refundDate: '2020-01-01' })).rejects.toMatchObject({
      fields: [{ field: 'refundDate', reason: 'REFUND_BEFORE_RECEIPT' }],
    });
    const kept = made.allocations.slice(0, 1);
    const { receipt } = await refund('200', { allocations: kept, reallocate: true, requestId: 'back' });
    expect(receipt).toMatchObject({
      kind: 'RECEIPT_KIND_REFUND',
      returnsId: made.id,
      amount: { amount: '-200.00', baseAmount: '-200.00' },
      reason: '退货',
    });
    const again = await refund('200', { allocations: kept, reallocate: true, requestId: 'back' });
    expect(again.receipt!.id).toBe(receipt!.id);
    expect((await ann.receipts.getReceipt({ id: made.id })).receipt).toMatchObject({
      state: 'RECEIPT_STATE_PARTLY_REFUNDED',
      returned: { amount: '200.00' },
      allocations: [{ amount: '300.00' }],
    });
    expect(await balance(contract)).toMatchObject({ received: '300.00', unallocated: '0.00', open: '700.00' });
    await expect(ann.receipts.refundReceipt(newRefund(receipt!.id, '1'))).rejects.toMatchObject({
      reason: 'RECEIPT_IS_RETURN',
    });
    expect((await started.events(made.id)).map(({ subject }) => subject.split('.').at(-2))).toEqual([
      'created',
      'refunded',
    ]);
  });

  it('is worth in the base currency what came in, to the cent, in however many parts', async () => {
    const contract = await agreed(started, ann, customerId, { amount: { ...cny('100'), currency: 'USD' } });
    const made = await enter(contract.id, '10', { amount: { amount: '10', currency: 'USD' } });
    expect(made.amount?.baseAmount).toBe('70.02');
    const parts = ['3.33', '3.33', '3.34'];
    const worths = [];
    for (const part of parts) {
      const { receipt } = await ann.receipts.refundReceipt(newRefund(made.id, part));
      worths.push(Number(receipt!.amount!.baseAmount) * 100);
    }
    expect(Math.round(worths.reduce((sum, worth) => sum + worth, 0))).toBe(-7002);
    expect((await ann.receipts.getReceipt({ id: made.id })).receipt!.state).toBe('RECEIPT_STATE_REFUNDED');
    await expect(ann.receipts.refundReceipt(newRefund(made.id, '0.01'))).rejects.toMatchObject({
      reason: 'RECEIPT_ALL_RETURNED',
    });
  });

  it('of a mistaken receipt is all that is left, off every instalment, once', async () => {
    const contract = await contractWith();
    const made = await enter(contract.id, '400');
    const reverse = () => ann.receipts.reverseReceipt({ id: made.id, reason: '录错', version: 0, requestId: '' });
    await expect(ann.contracts.voidContract({ id: contract.id, reason: 'x', version: 0 })).rejects.toMatchObject({
      reason: 'CONTRACT_HAS_RECEIPTS',
      params: { left: '400.00' },
    });
    const both = await Promise.allSettled([reverse(), reverse()]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect((await ann.receipts.getReceipt({ id: made.id })).receipt).toMatchObject({
      state: 'RECEIPT_STATE_REVERSED',
      allocations: [],
    });
    expect(await balance(contract)).toMatchObject({ received: '0.00', open: '1000.00' });
    await ann.contracts.voidContract({ id: contract.id, reason: 'x', version: 0 });
    expect((await balance(contract)).instalments[0]!.status).toBe('INSTALMENT_STATUS_VOID');
    await expect(enter(contract.id, '1')).rejects.toMatchObject({ reason: 'CONTRACT_NOT_EFFECTIVE' });
  });

  it('stays with its contract, which is void by then and not thrown away', async () => {
    const contract = await contractWith([]);
    const { id } = await enter(contract.id, '50');
    await ann.receipts.refundReceipt(newRefund(id, '50'));
    await ann.contracts.voidContract({ id: contract.id, reason: '退款结束', version: 0 });
    await expect(ann.contracts.deleteContract({ id: contract.id, version: 0 })).rejects.toMatchObject({
      reason: 'CONTRACT_IN_LEDGER',
    });
  });

  it('leaves a contract void or paid when both come at once, never both', async () => {
    const contract = await contractWith();
    const both = await Promise.allSettled([
      enter(contract.id, '1'),
      ann.contracts.voidContract({ id: contract.id, reason: 'x', version: 0 }),
    ]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });
});
