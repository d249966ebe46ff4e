import type { Receipt } from '@pelagic/proto/crm/sales/v1/receipt';
import { settleMoney } from '@pelagic/capabilities/money/money';
import { nextNumber } from '@pelagic/capabilities/numbering/gap-free';
import { newFields, writeFields } from '@pelagic/capabilities/record/fields';
import type { Message, Row } from '@pelagic/capabilities/record/mapping';
import { changeRecord, insertRecord } from '@pelagic/capabilities/record/records';
import { tidy } from '@pelagic/capabilities/record/tidy';
import { unwritable } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import { today } from '@pelagic/chassis/enterprise';
import { invalid, invalidField, notFound, Problem } from '@pelagic/chassis/problem';
import Big from 'big.js';
import { sql } from 'kysely';
import type { ContractRow } from '../contract/contract.ts';
import { ratesFor, type SalesService } from '../sales-service.ts';
import { oldestFirst, settleAllocations, type Allocation } from './allocation.ts';
import { lockContract, refuseNotAgreed, takesOf } from './ledger.ts';
import { leftOf, receipt, refuseReturn, type ReceiptRow } from './receipt.ts';

/** Known by these, to people and in the bank's statement. */
export const RECEIPT_PREFIX = 'RCPT';

const settleAmount = async (
  service: SalesService,
  given: Receipt['amount'],
  currency: string,
  date: string,
): Promise<ReceiptRow['amount']> => {
  const field = 'receipt.amount';
  if (!given?.amount) throw invalidField(field, 'REQUIRED', 'A receipt has an amount.');
  if (given.currency && given.currency !== currency)
    throw invalidField(`${field}.currency`, 'CURRENCY_OF_CONTRACT', 'A receipt is in the currency of its contract.', {
      currency,
    });
  if (new Big(given.amount).lte(0)) throw invalidField(`${field}.amount`, 'NOT_POSITIVE', 'An amount is more than 0.');
  return settleMoney({ ...given, currency, rateDate: '' }, { date, rates: ratesFor(service), field });
};

/** A transfer is entered once: by the reference of the bank, under the contract's lock. */
const refuseTaken = async (tx: Tx, { contract_id, bank_ref, id }: ReceiptRow): Promise<void> => {
  if (!bank_ref) return;
  const { rows } = await sql<{ number: string }>`
    select number from receipt where contract_id = ${contract_id}::uuid and bank_ref = ${bank_ref} and id is distinct from ${id ?? null}::uuid
      and kind = 'RECEIPT_KIND_RECEIPT' and state <> 'RECEIPT_STATE_REVERSED'`.execute(tx.sql);
  if (!rows[0]) return;
  const { number } = rows[0];
  const message = `Receipt ${number} has this reference of the bank.`;
  const fields = [{ field: 'receipt.bankRef', reason: 'BANK_REF_TAKEN' as const, message, params: { number } }];
  throw new Problem('ALREADY_EXISTS', 'BANK_REF_TAKEN', message, { fields, params: { number } });
};

const tidyReceipt = (row: ReceiptRow): void => {
  row.bank_ref = tidy(row.bank_ref);
  row.payer = tidy(row.payer);
};

const receivedOn = (date: string | undefined): string => {
  if (date && date > today())
    throw invalidField('receipt.receiveDate', 'DATE_IN_FUTURE', 'Money that is to come is no receipt yet.');
  return date || today();
};

/** What it is for: as named, or the oldest instalments first. */
const allocate = async (
  tx: Tx,
  agreed: ContractRow,
  { allocations, amount }: { allocations: Allocation[]; amount: ReceiptRow['amount'] },
  keepUnallocated: boolean,
): Promise<Allocation[]> => {
  const terms = { instalments: await takesOf(tx, agreed), left: new Big(amount.amount), currency: amount.currency };
  if (allocations.length) return settleAllocations(allocations, { ...terms, field: 'receipt.allocations' });
  return keepUnallocated ? [] : oldestFirst(terms);
};

/** Enters what came in: for the importer and the handler alike. Its number is taken last. */
export const createReceipt = async (
  service: SalesService,
  tx: Tx,
  message: Receipt,
  caller: Caller,
  keepUnallocated: boolean,
): Promise<ReceiptRow> => {
  const row = (await newFields(tx, receipt, message as unknown as Message, caller)) as unknown as ReceiptRow;
  const agreed = await lockContract(tx, message.contractId, caller, 'create');
  refuseNotAgreed(agreed);
  const receiveDate = receivedOn(message.receiveDate);
  const amount = await settleAmount(service, message.amount, agreed.amount!.currency, receiveDate);
  tidyReceipt(row);
  await refuseTaken(tx, row);
  const allocations = await allocate(tx, agreed, { allocations: message.allocations, amount }, keepUnallocated);
  Object.assign(row, {
    kind: 'RECEIPT_KIND_RECEIPT',
    state: 'RECEIPT_STATE_BOOKED',
    receive_date: receiveDate,
    amount,
    allocations,
    customer_id: agreed.customer_id,
    owner_id: agreed.owner_id,
    department_id: agreed.department_id,
  });
  const number = await nextNumber(tx, 'receipt', RECEIPT_PREFIX);
  return insertRecord<ReceiptRow>(tx, receipt, { ...(row as unknown as Row), number }, caller);
};

/** The receipt with its contract, both locked in that order. Seen and not theirs to change is told by the lock that follows: here only what they cannot see is none. */
export const lockLedger = async (tx: Tx, id: string, caller: Caller, action: string): Promise<ContractRow> => {
  const of = (what: string) =>
    tx.sql
      .selectFrom('receipt')
      .select('contract_id')
      .where('id', '=', id)
      .where(receipt.reach(caller, what, 'receipt'))
      .executeTakeFirst();
  const found = (await of(action)) ?? (await of('read'));
  if (!found) throw notFound('receipt');
  return lockContract(tx, found['contract_id'] as string, caller, action);
};

/** How and from whom it came. The contract is locked all the same: another receipt of it may get the same reference. */
export const updateReceipt = async (
  tx: Tx,
  id: string,
  message: Receipt,
  mask: string[],
  caller: Caller,
): Promise<ReceiptRow> => {
  await lockLedger(tx, id, caller, 'update');
  const change = { action: 'update', verb: 'updated', version: message.version };
  return changeRecord<ReceiptRow>(tx, receipt, id, caller, change, async (row) => {
    await writeFields(tx, receipt, row as unknown as Row, message as unknown as Message, caller, mask);
    tidyReceipt(row);
    if (row.kind === 'RECEIPT_KIND_RECEIPT' && row.state !== 'RECEIPT_STATE_REVERSED') await refuseTaken(tx, row);
  });
};

/** Refuses who may not write what a receipt is for. */
export const refuseUnallocatable = (caller: Caller): void => {
  const errors = unwritable(caller, 'receipt', ['allocations'], false, 'receipt');
  if (errors.length) throw invalid(...errors);
};

/** What it is for, anew: of those who saw the same version one does, the others are told that it changed. */
export const allocateReceipt = async (
  tx: Tx,
  id: string,
  allocations: Allocation[],
  caller: Caller,
  version: number,
): Promise<ReceiptRow> => {
  const agreed = await lockLedger(tx, id, caller, 'allocate');
  const change = { action: 'allocate', verb: 'allocated', version };
  return changeRecord<ReceiptRow>(tx, receipt, id, caller, change, async (row) => {
    refuseReturn(row);
    refuseUnallocatable(caller);
    row.allocations = settleAllocations(allocations, {
      instalments: await takesOf(tx, agreed, id),
      left: leftOf(row),
      currency: row.amount.currency,
      field: 'allocations',
    });
  });
};
