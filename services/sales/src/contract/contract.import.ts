import type { Contract } from '@pelagic/proto/crm/sales/v1/contract';
import type { BulkTarget } from '@pelagic/capabilities/job/bulk-target';
import type { ImportTarget, Lookup, RowKey } from '@pelagic/capabilities/job/import-target';
import { tidy } from '@pelagic/capabilities/record/tidy';
import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import { invalidField } from '@pelagic/chassis/problem';
import { sql } from 'kysely';
import { customersNamed } from '../customer/customer.ts';
import type { SalesService } from '../sales-service.ts';
import { contract, type ContractRow } from './contract.ts';
import { STATES } from './contract.wordings.ts';
import { checkContractCustomer, refuseUnseen } from './references.ts';
import { bringBackContract, createContract, giveContract, removeContract, updateContract } from './write-contract.ts';

const asContract = (message: object): Contract => message as unknown as Contract;

const byCustomer: Lookup = (text, { tx, caller }) => customersNamed(tx.sql, caller, text);

const keysOf = (message: object): RowKey[] => {
  const { name = '', customerId = '' } = message as Partial<Contract>;
  return [{ kind: 'name', value: `${customerId}/${tidy(name).toLowerCase()}` }];
};

const find = async (tx: Tx, keys: RowKey[]): Promise<string[]> => {
  const values = (kind: string) => keys.filter((key) => key.kind === kind).map(({ value }) => value);
  const { rows } = await sql<{ id: string }>`
    select id from contract where delete_time is null and (external_id <> '' and external_id = any(${values('external')}::text[])
      or customer_id::text || '/' || lower(name) = any(${values('name')}::text[])) limit 10`.execute(tx.sql);
  return rows.map(({ id }) => id);
};

/** What holds already comes in with the past only; drafts and nothing else with the present. */
const placed = (message: Contract, caller: Caller): Partial<Pick<ContractRow, 'state' | 'effective_date'>> => {
  const { state, signDate, amount } = message;
  if (!caller.imported || !state || state === 'CONTRACT_STATE_UNSPECIFIED') return {};
  if (state === 'CONTRACT_STATE_IN_APPROVAL')
    throw invalidField('contract.state', 'CONTRACT_STATE_NOT_NEXT', 'Nobody here was asked to decide on it.');
  if (state === 'CONTRACT_STATE_DRAFT') return {};
  if (state !== 'CONTRACT_STATE_VOID' && !amount?.amount)
    throw invalidField('contract.amount', 'REQUIRED', 'A contract that holds has an amount.');
  return { state: state as ContractRow['state'], effective_date: signDate ?? null };
};

/** Contracts as files bring them, known by the id they were imported with, or by customer and name. */
export const contractImport = (service: SalesService): ImportTarget => ({
  noun: 'contract',
  fields: [
    {
      field: 'name',
      labels: { zh: ['名称', '合同名称', '合同'], en: ['Name', 'Contract', 'Contract name'] },
      required: true,
      matchKey: true,
    },
    { field: 'customerId', required: true, matchKey: true, lookup: byCustomer },
    { field: 'amount', labels: { zh: ['金额', '合同金额'], en: ['Amount', 'Contract amount'] } },
    { field: 'signDate' },
    { field: 'startDate' },
    { field: 'endDate' },
    { field: 'ourSigner' },
    { field: 'customerSigner' },
    { field: 'ownerId' },
    { field: 'note' },
    { field: 'externalId', matchKey: true },
    { field: 'state', history: true, words: STATES },
    { field: 'createTime', history: true },
  ],
  keys: keysOf,
  keyFields: { name: ['name', 'customerId'] },
  find,
  findsMany: true,
  create: async (tx, message, caller) => {
    const given = asContract(message);
    await checkContractCustomer(service, tx, given.customerId, caller);
    return (await createContract(service, tx, given, caller, placed(given, caller))).id;
  },
  update: async (tx, id, message, mask, caller) => {
    const fields = mask.filter((path) => !['ownerId', 'createTime', 'state'].includes(path));
    if (fields.length) await updateContract(service, tx, id, asContract({ ...message, version: 0 }), fields, caller);
    if (mask.includes('ownerId')) await giveContract(service, tx, id, asContract(message).ownerId, caller);
  },
});

/** Contracts as bulk edits and transfers change them, each by itself. */
export const contractBulk = (service: SalesService): BulkTarget => ({
  noun: contract,
  update: async (tx, { id, version, caller }, message, mask) => {
    await refuseUnseen(service, caller, asContract(message), mask);
    return updateContract(service, tx, id, asContract({ ...message, version }), mask, caller);
  },
  assign: (tx, { id, version, caller, deleted = false }, ownerId, reason) => {
    if (!ownerId) throw invalidField('ownerId', 'REQUIRED', 'A contract always has an owner.');
    return giveContract(service, tx, id, ownerId, caller, { version, reason, deleted });
  },
  delete: (tx, { id, version, caller }) => removeContract(tx, id, caller, version),
  undelete: (tx, { id, caller }, ownerId) => bringBackContract(service, tx, id, ownerId, caller),
});
