import {
  type GetContractBalanceResponse,
  type GetCustomerBalanceResponse,
  type InstalmentBalance,
  InstalmentStatus,
  type SumReceiptsRequest,
  type SumReceiptsResponse,
} from '@pelagic/proto/crm/sales/v1/receipt';
import { conditions } from '@pelagic/capabilities/record/list';
import { getRecord } from '@pelagic/capabilities/record/records';
import { queryable } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import { enterprise, today } from '@pelagic/chassis/enterprise';
import { roundMoney, sumMoney } from '@pelagic/chassis/money';
import { Problem } from '@pelagic/chassis/problem';
import Big from 'big.js';
import { sql, type Kysely } from 'kysely';
import { contract, type ContractRow, type Planned } from '../contract/contract.ts';
import { receivedOf, standingOf } from './ledger.ts';
import { receipt } from './receipt.ts';

/** A sum tells what it is made of, and a copy what it was copied from. */
export const refuseClosed = (caller: Caller, fields: [noun: string, field: string][]): void => {
  const closed = fields.find(([noun, field]) => !queryable(caller, noun, field));
  if (closed)
    throw new Problem('PERMISSION_DENIED', 'FIELD_NOT_READABLE', 'Your role may not read what this is made of.', {
      params: { field: closed[1] },
    });
};

/** What is read of a contract and its receipts to say how far its plan is paid. */
export const PLAN_MADE_OF: [noun: string, field: string][] = [
  ['contract', 'amount'],
  ['contract', 'instalments'],
  ['contract', 'state'],
  ['receipt', 'amount'],
  ['receipt', 'allocations'],
];

/** Where an instalment stands on a day. Source: the ledger; nothing of it is stored. */
export const statusOf = (
  state: ContractRow['state'],
  { dueDate, amount }: Planned,
  received: Big,
  date: string,
): InstalmentStatus => {
  if (state === 'CONTRACT_STATE_VOID') return InstalmentStatus.VOID;
  if (state !== 'CONTRACT_STATE_EFFECTIVE' && state !== 'CONTRACT_STATE_COMPLETED')
    return InstalmentStatus.NOT_EFFECTIVE;
  if (received.gte(amount)) return InstalmentStatus.PAID;
  if (dueDate < date) return InstalmentStatus.OVERDUE;
  return received.gt(0) ? InstalmentStatus.PARTLY_PAID : InstalmentStatus.OPEN;
};

/** An instalment of a contract in a currency, of which so much was paid, as it stands today. */
export const balanceOf = (
  state: ContractRow['state'],
  instalment: Planned,
  paid: Big,
  currency: string,
): InstalmentBalance => ({
  instalment,
  received: roundMoney(paid, currency),
  open: roundMoney(new Big(instalment.amount).minus(paid), currency),
  status: statusOf(state, instalment, paid, today()),
});

/** What came in for a contract, and how far each instalment is paid: read at one moment. */
export const contractBalance = async (
  db: Kysely<any>,
  id: string,
  caller: Caller,
): Promise<GetContractBalanceResponse> => {
  refuseClosed(caller, PLAN_MADE_OF);
  const row = await getRecord<ContractRow>(db, contract, id, caller);
  const [received, standing] = await Promise.all([receivedOf(db, id), standingOf(db, id)]);
  const currency = row.amount?.currency ?? enterprise().baseCurrency;
  const instalments = row.instalments.map((each) =>
    balanceOf(row.state, each, received.get(each.id) ?? new Big(0), currency),
  );
  const late = instalments.filter(({ status }) => status === InstalmentStatus.OVERDUE);
  const allocated = sumMoney([...received.values()].map(String));
  return {
    currency,
    received: roundMoney(standing, currency),
    unallocated: roundMoney(standing.minus(allocated), currency),
    open: roundMoney(new Big(row.amount?.amount ?? 0).minus(standing), currency),
    overdue: roundMoney(sumMoney(late.map(({ open }) => open)), currency),
    instalments,
  };
};

/** Over the contracts of a customer that hold and that the caller sees. */
export const customerBalance = async (
  db: Kysely<any>,
  customerId: string,
  caller: Caller,
): Promise<GetCustomerBalanceResponse> => {
  const made: [string, string][] = ['amount', 'state', 'customerId'].map((field) => ['contract', field]);
  refuseClosed(caller, [...made, ['receipt', 'amount']]);
  const { rows } = await sql<{ agreed: string; received: string }>`
    with held as (select contract.id, (contract.amount ->> 'baseAmount')::numeric as base from contract
      where contract.customer_id = ${customerId}::uuid and contract.delete_time is null
        and contract.state in ('CONTRACT_STATE_EFFECTIVE', 'CONTRACT_STATE_COMPLETED') and ${contract.reach(caller, 'read', 'contract')})
    select coalesce((select sum(base) from held), 0)::text as agreed,
      coalesce((select sum((amount ->> 'baseAmount')::numeric) from receipt where contract_id in (select id from held)), 0)::text as received`.execute(
    db,
  );
  const { agreed, received } = rows[0]!;
  const base = enterprise().baseCurrency;
  return {
    agreed: roundMoney(agreed, base),
    received: roundMoney(received, base),
    open: roundMoney(new Big(agreed).minus(received), base),
  };
};

/** What a list comes to, over all its pages, in the base currency; nothing for who may not read the amounts. */
export const sumReceipts = async (
  db: Kysely<any>,
  request: SumReceiptsRequest,
  caller: Caller,
): Promise<SumReceiptsResponse> => {
  if (!queryable(caller, 'receipt', 'amount')) return { received: '', returned: '', net: '' };
  const where = await conditions(db, receipt, caller, { ...request, deleted: false });
  const { rows } = await sql<{ received: string; returned: string }>`
    select coalesce(sum(base) filter (where base > 0), 0)::text as received, coalesce(-sum(base) filter (where base < 0), 0)::text as returned
    from (select (receipt.amount ->> 'baseAmount')::numeric as base from receipt where ${sql.join(where, sql` and `)}) listed`.execute(
    db,
  );
  const { received, returned } = rows[0]!;
  const base = enterprise().baseCurrency;
  return {
    received: roundMoney(received, base),
    returned: roundMoney(returned, base),
    net: roundMoney(new Big(received).minus(returned), base),
  };
};
