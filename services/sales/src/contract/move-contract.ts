import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import { currencyScale } from '@pelagic/chassis/money';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { invalid, refused, type FieldError } from '@pelagic/chassis/problem';
import { changeRecord } from '@pelagic/capabilities/record/records';
import { standingOf } from '../receipt/ledger.ts';
import { contract, refuseState, type ContractRow } from './contract.ts';

/** Everything that a contract lacks to be decided on, told at once. */
const missing = (row: ContractRow): FieldError[] =>
  [
    ...(row.amount ? [] : ['contract.amount']),
    ...(row.sign_date ? [] : ['contract.signDate']),
    ...(row.start_date ? [] : ['contract.startDate']),
  ].map((field) => ({ field, reason: 'REQUIRED', message: 'This is required before a contract is submitted.' }));

/** Asks for approval, by a request with an id of its own. */
export const submitContract = (tx: Tx, id: string, caller: Caller, version: number): Promise<ContractRow> =>
  changeRecord<ContractRow>(tx, contract, id, caller, { action: 'update', verb: 'submitted', version }, (row) => {
    refuseState(row, 'CONTRACT_STATE_DRAFT');
    const errors = missing(row);
    if (errors.length) throw invalid(...errors);
    Object.assign(row, {
      state: 'CONTRACT_STATE_IN_APPROVAL',
      approval_id: uuidv7(),
      submitter_id: caller.kind === 'service' ? row.owner_id : caller.id,
      decision_reason: '',
    });
  });

export const completeContract = (tx: Tx, id: string, caller: Caller, version: number): Promise<ContractRow> =>
  changeRecord<ContractRow>(tx, contract, id, caller, { action: 'update', verb: 'completed', version }, (row) => {
    refuseState(row, 'CONTRACT_STATE_EFFECTIVE');
    row.state = 'CONTRACT_STATE_COMPLETED';
  });

/** Money that came in for it goes back first: under the contract's lock no more comes meanwhile. */
const refusePaid = async (tx: Tx, { id, amount }: ContractRow): Promise<void> => {
  const standing = await standingOf(tx.sql, id);
  if (standing.eq(0)) return;
  const left = standing.toFixed(currencyScale(amount!.currency));
  throw refused('CONTRACT_HAS_RECEIPTS', `Of its receipts ${left} is left: refund or reverse them first.`, {
    params: { left },
  });
};

/** Nobody voids what somebody is deciding on: the request is taken back first. */
export const voidContract = (
  tx: Tx,
  id: string,
  reason: string,
  caller: Caller,
  version: number,
): Promise<ContractRow> =>
  changeRecord<ContractRow>(
    tx,
    contract,
    id,
    caller,
    { action: 'void', verb: 'voided', version, reason },
    async (row) => {
      refuseState(row, 'CONTRACT_STATE_DRAFT', 'CONTRACT_STATE_EFFECTIVE');
      await refusePaid(tx, row);
      row.state = 'CONTRACT_STATE_VOID';
      row.void_reason = reason;
    },
  );
