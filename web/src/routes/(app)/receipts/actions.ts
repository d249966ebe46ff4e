import Split from '@lucide/svelte/icons/split';
import Undo2 from '@lucide/svelte/icons/undo-2';
import RotateCcw from '@lucide/svelte/icons/rotate-ccw';
import { api, body } from '#lib/api/client.ts';
import type { Action } from '#lib/noun/noun.ts';
import { m } from '#lib/paraglide/messages.js';
import { saved } from '#lib/record/done.ts';
import ReasonDialog from '#lib/record/ReasonDialog.svelte';
import { editAction } from '#lib/record/usual-actions.ts';
import { session } from '#lib/session.svelte.ts';
import { openModal } from '#lib/ui/modal.svelte.ts';
import { sayProblem } from '#lib/ui/toast.svelte.ts';
import AllocateDialog from './AllocateDialog.svelte';
import { contractBalance } from './allocation.ts';
import { receipt as noun, receipts, type Receipt } from './receipt.ts';
import RefundDialog from './RefundDialog.svelte';

/** What may be done with a receipt by this person: what went back wholly, or is what went back, stands. */
export function receiptActions(receipt: Receipt): Action[] {
  const stands =
    receipt.kind === 'RECEIPT_KIND_RECEIPT' &&
    (receipt.state === 'RECEIPT_STATE_BOOKED' || receipt.state === 'RECEIPT_STATE_PARTLY_REFUNDED');
  return [...(stands ? moves(receipt) : []), ...editAction(noun, receipt)];
}

/** Amounts that one may not read can neither be allocated nor given back. */
const sees = (...fields: string[]): boolean => fields.every((field) => session.access('receipt', field) === 'open');

function moves(receipt: Receipt): Action[] {
  const mayAllocate = session.can('receipt.allocate') && sees('amount', 'allocations');
  const mayRefund = session.can('receipt.refund') && sees('amount', 'returned', 'allocations');
  return [
    ...(mayAllocate
      ? [
          {
            id: 'receipt.allocate',
            label: m.receipt_allocate(),
            icon: Split,
            primary: true,
            run: () => open(receipt, AllocateDialog),
          },
        ]
      : []),
    ...(mayRefund
      ? [{ id: 'receipt.refund', label: m.receipt_refund(), icon: Undo2, run: () => open(receipt, RefundDialog) }]
      : []),
    ...(session.can('receipt.reverse')
      ? [
          {
            id: 'receipt.reverse',
            label: m.receipt_reverse(),
            icon: RotateCcw,
            danger: true,
            run: () => reverse(receipt),
          },
        ]
      : []),
  ];
}

/** Both begin with how far the instalments are paid now, and the receipt as it is now. */
async function open({ id, contractId }: Receipt, dialog: typeof AllocateDialog | typeof RefundDialog): Promise<void> {
  try {
    const [receipt, balance] = await Promise.all([receipts.get(id), contractBalance(contractId)]);
    await openModal(dialog, { receipt, balance });
  } catch (error) {
    sayProblem(error);
  }
}

function reverse({ id, number, version }: Receipt) {
  // Of one dialog: what is sent again after an answer was lost is done once.
  const requestId = crypto.randomUUID();
  return openModal(ReasonDialog, {
    title: m.receipt_reverse_title({ name: number }),
    body: m.receipt_reverse_body(),
    action: m.receipt_reverse(),
    danger: true,
    send: async (reason: string) => {
      const request = { params: { path: { id } }, body: { reason, version, requestId } };
      await body(api.POST('/v1/receipts/{id}:reverse', request));
      await saved(noun, await receipts.get(id), m.receipt_is_reversed());
    },
  });
}
