import { approve } from './contract-writes.ts';
import { answered } from './history.ts';
import { create, created, keep, tokenOf, type Writer } from './writer.ts';

type Open = { open: string; instalment: { id: string } };

/** The administrator sees every contract, whoever wrote it. */
const asAdmin = (writer: Writer): Writer & { person: Writer['admin'] } => ({ ...writer, person: writer.admin });

/** As much of the amount as the oldest open instalment takes. */
const allocated = ({ open, instalment }: Open, amount: string) => ({
  instalmentId: instalment.id,
  amount: Number(open) < Number(amount) ? open : amount,
});

/** Money for the oldest instalment that is open; several writers may have read the same. */
export const enterReceipt = async (writer: Writer): Promise<void> => {
  if (!writer.agreed.length) return approve(writer);
  const { id: contractId } = writer.random.pick(writer.agreed);
  const { status, body } = await answered(writer.admin.ask('GET', `/v1/contracts/${contractId}/balance`));
  if (status !== 200) return;
  const amount = `${writer.random.whole(1, 60)}.05`;
  const oldest = (body.instalments as Open[]).find(({ open }) => Number(open) > 0);
  const bankRef = tokenOf(writer);
  const receipt = {
    contractId,
    method: 'RECEIPT_METHOD_TRANSFER',
    amount: { amount, currency: 'CNY' },
    bankRef,
    allocations: oldest ? [allocated(oldest, amount)] : [],
  };
  const effect = created('receipt', 'bankRef', bankRef);
  const made = await create(asAdmin(writer), 'receipt enter', '/v1/receipts', receipt, effect);
  if (made) keep(writer.receipts, { id: made.id });
};

/** A part goes back, and nothing of the receipt is for an instalment any more. */
export const refundReceipt = async (writer: Writer): Promise<void> => {
  if (!writer.receipts.length) return enterReceipt(writer);
  const { id } = writer.random.pick(writer.receipts);
  const reason = tokenOf(writer);
  const refund = { amount: '0.85', reason, reallocate: true, allocations: [] };
  const path = `/v1/receipts/${id}:refund`;
  await create(asAdmin(writer), 'receipt refund', path, refund, created('receipt', 'reason', reason));
};
