import type { Receipt } from '@pelagic/proto/crm/sales/v1/receipt';
import type { BulkTarget } from '@pelagic/capabilities/job/bulk-target';
import type { ImportTarget, Lookup, RowKey } from '@pelagic/capabilities/job/import-target';
import { tidy } from '@pelagic/capabilities/record/tidy';
import { queryable } from '@pelagic/chassis/access';
import type { Tx } from '@pelagic/chassis/database';
import { sql } from 'kysely';
import { contract } from '../contract/contract.ts';
import type { SalesService } from '../sales-service.ts';
import { receipt } from './receipt.ts';
import { METHODS } from './receipt.wordings.ts';
import { createReceipt, updateReceipt } from './write-receipt.ts';

const asReceipt = (message: object): Receipt => message as unknown as Receipt;

/** Contracts of the reader's by number, by the id they were imported with, or by name. */
const byContract: Lookup = async (text, { tx, caller }) => {
  const wanted = text.trim().toLowerCase();
  const by = (field: string, column: string) =>
    queryable(caller, 'contract', field) ? sql`lower(${sql.ref(column)}) = ${wanted}` : sql`false`;
  const { rows } = await sql<{ id: string; name: string }>`
    select id, name from contract where delete_time is null and ${contract.reach(caller, 'read', 'contract')}
      and (${by('number', 'number')} or ${by('name', 'name')} or external_id <> '' and ${by('externalId', 'external_id')}) limit 3`.execute(
    tx.sql,
  );
  return rows;
};

/** By the bank's reference where it has one. */
const keysOf = (message: object): RowKey[] => {
  const { contractId = '', bankRef = '' } = message as Partial<Receipt>;
  return bankRef ? [{ kind: 'bank', value: `${contractId}/${tidy(bankRef)}` }] : [];
};

const find = async (tx: Tx, keys: RowKey[]): Promise<string[]> => {
  const values = (kind: string) => keys.filter((key) => key.kind === kind).map(({ value }) => value);
  const { rows } = await sql<{ id: string }>`
    select id from receipt where kind = 'RECEIPT_KIND_RECEIPT' and state <> 'RECEIPT_STATE_REVERSED'
      and (external_id <> '' and external_id = any(${values('external')}::text[])
        or bank_ref <> '' and contract_id::text || '/' || bank_ref = any(${values('bank')}::text[])) limit 10`.execute(
    tx.sql,
  );
  return rows.map(({ id }) => id);
};

/** Written once: what a file says about a receipt that is there is its text. */
const TEXTS = ['method', 'bankRef', 'payer', 'note'];

/** Receipts as files bring them, each for the oldest instalments of its contract. */
export const receiptImport = (service: SalesService): ImportTarget => ({
  noun: 'receipt',
  fields: [
    {
      field: 'contractId',
      labels: { zh: ['合同', '合同编号', '合同名称'], en: ['Contract', 'Contract number', 'Contract name'] },
      required: true,
      matchKey: true,
      lookup: byContract,
    },
    {
      field: 'amount',
      labels: { zh: ['金额', '回款金额', '实收金额'], en: ['Amount', 'Receipt amount'] },
      required: true,
    },
    { field: 'receiveDate' },
    { field: 'method', words: METHODS },
    { field: 'bankRef', matchKey: true },
    { field: 'payer' },
    { field: 'note' },
    { field: 'externalId', matchKey: true },
    { field: 'createTime', history: true },
  ],
  keys: keysOf,
  keyFields: { bank: ['contractId', 'bankRef'] },
  find,
  findsMany: true,
  create: async (tx, message, caller) => (await createReceipt(service, tx, asReceipt(message), caller, false)).id,
  update: async (tx, id, message, mask, caller) => {
    const fields = mask.filter((path) => TEXTS.includes(path));
    if (fields.length) await updateReceipt(tx, id, asReceipt({ ...message, version: 0 }), fields, caller);
  },
});

/** Receipts as bulk edits change them, each by itself. */
export const receiptBulk = (): BulkTarget => ({
  noun: receipt,
  update: (tx, { id, version, caller }, message, mask) =>
    updateReceipt(tx, id, asReceipt({ ...message, version }), mask, caller),
});
