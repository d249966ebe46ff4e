import { visible } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import { denied, invalidField, refused } from '@pelagic/chassis/problem';
import Big from 'big.js';
import { sql, type Kysely } from 'kysely';
import type { ContractRow } from '../contract/contract.ts';
import type { Takes } from './allocation.ts';

/**
 * Order of locks: the contract, then one receipt of it, then the counter of numbers. Whatever changes the plan, the
 * receipts or the allocations of a contract locks its row first, so that sums that were read stay true until the commit.
 */
export const lockContract = async (tx: Tx, id: string, caller: Caller, action: string): Promise<ContractRow> => {
  const at = (doing: string) =>
    tx.sql
      .selectFrom('contract')
      .selectAll('contract')
      .where('contract.id', '=', id)
      .where('contract.delete_time', 'is', null)
      .where(visible(caller, 'contract.read', { noun: 'contract', table: 'contract', doing }));
  const row = await at(action).forUpdate('contract').executeTakeFirst();
  if (row) return row as ContractRow;
  if (await at('read').executeTakeFirst()) throw denied(`receipt.${action}`);
  throw invalidField('receipt.contractId', 'UNKNOWN_CONTRACT', 'There is no such contract, or it is not yours to see.');
};

/** Money comes in for what was approved, and for what is done. */
export const refuseNotAgreed = ({ state }: Pick<ContractRow, 'state'>): void => {
  if (state !== 'CONTRACT_STATE_EFFECTIVE' && state !== 'CONTRACT_STATE_COMPLETED')
    throw refused('CONTRACT_NOT_EFFECTIVE', 'Receipts are of contracts that are effective or completed.');
};

/** What each instalment of a contract was given, by receipts other than `except`. */
export const receivedOf = async (db: Kysely<any>, contractId: string, except?: string): Promise<Map<string, Big>> => {
  const { rows } = await sql<{ id: string; amount: string }>`
    select part ->> 'instalmentId' as id, sum((part ->> 'amount')::numeric)::text as amount
    from receipt, jsonb_array_elements(receipt.allocations) part
    where receipt.contract_id = ${contractId}::uuid and receipt.id is distinct from ${except ?? null}::uuid
    group by 1`.execute(db);
  return new Map(rows.map(({ id, amount }) => [id, new Big(amount)]));
};

/** What is left of everything that came in for a contract. */
export const standingOf = async (db: Kysely<any>, contractId: string): Promise<Big> => {
  const { rows } = await sql<{ sum: string }>`
    select coalesce(sum((amount ->> 'amount')::numeric), 0)::text as sum from receipt where contract_id = ${contractId}::uuid`.execute(
    db,
  );
  return new Big(rows[0]!.sum);
};

/** What each instalment takes from a receipt, in the order in which they are due. */
export const takesOf = async (
  tx: Tx,
  { id, instalments }: Pick<ContractRow, 'id' | 'instalments'>,
  receiptId?: string,
): Promise<Takes[]> => {
  const received = await receivedOf(tx.sql, id, receiptId);
  return instalments.map((instalment) => ({
    id: instalment.id,
    open: new Big(instalment.amount).minus(received.get(instalment.id) ?? 0),
  }));
};
