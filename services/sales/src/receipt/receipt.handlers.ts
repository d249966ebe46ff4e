import { ReceiptServiceService } from '@pelagic/proto/crm/sales/v1/receipt';
import { listRecords } from '@pelagic/capabilities/record/list';
import { getRecord } from '@pelagic/capabilities/record/records';
import { once } from '@pelagic/chassis/once';
import type { Handlers } from '@pelagic/chassis/rpc';
import type { SalesService } from '../sales-service.ts';
import { contractBalance, customerBalance, sumReceipts } from './balance.ts';
import { listDueInstalments } from './due-instalments.ts';
import { receipt, receiptMessage, type ReceiptRow } from './receipt.ts';
import { refundReceipt, reverseReceipt } from './return-receipt.ts';
import { allocateReceipt, createReceipt, updateReceipt } from './write-receipt.ts';

export const receiptHandlers = (service: SalesService): Handlers<ReceiptServiceService> => {
  const { database } = service;
  const answer = async (row: Promise<ReceiptRow>) => ({ receipt: receiptMessage(await row) });
  return {
    createReceipt: (request, caller) =>
      (request.validateOnly ? database.rehearse : database.transact)((tx) =>
        once(tx, caller, ReceiptServiceService.createReceipt, request, () =>
          answer(createReceipt(service, tx, request.receipt!, caller, request.keepUnallocated)),
        ),
      ),
    getReceipt: ({ id }, caller) => answer(getRecord<ReceiptRow>(database.sql, receipt, id, caller)),
    listReceipts: async (request, caller) => {
      const { rows, ...page } = await listRecords<ReceiptRow>(database.sql, receipt, request, caller);
      return { receipts: rows.map(receiptMessage), ...page };
    },
    sumReceipts: (request, caller) => sumReceipts(database.sql, request, caller),
    updateReceipt: ({ id, receipt: message, updateMask }, caller) =>
      answer(database.transact((tx) => updateReceipt(tx, id, message!, updateMask ?? [], caller))),
    allocateReceipt: ({ id, allocations, version }, caller) =>
      answer(database.transact((tx) => allocateReceipt(tx, id, allocations, caller, version))),
    refundReceipt: (request, caller) =>
      database.transact((tx) =>
        once(tx, caller, ReceiptServiceService.refundReceipt, request, () =>
          answer(refundReceipt(tx, request, caller)),
        ),
      ),
    reverseReceipt: (request, caller) =>
      database.transact((tx) =>
        once(tx, caller, ReceiptServiceService.reverseReceipt, request, () =>
          answer(reverseReceipt(tx, request, caller)),
        ),
      ),
    getContractBalance: ({ id }, caller) => contractBalance(database.sql, id, caller),
    getCustomerBalance: ({ id }, caller) => customerBalance(database.sql, id, caller),
    listDueInstalments: (request, caller) => listDueInstalments(database.sql, request, caller),
  };
};
