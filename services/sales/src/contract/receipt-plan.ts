import type { Instalment } from '@pelagic/proto/crm/sales/v1/contract';
import { changeRecord } from '@pelagic/capabilities/record/records';
import { tidy } from '@pelagic/capabilities/record/tidy';
import { unwritable } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import { currencyScale, sumMoney } from '@pelagic/chassis/money';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { invalid, invalidField, refused, type FieldError } from '@pelagic/chassis/problem';
import Big from 'big.js';
import { receivedOf } from '../receipt/ledger.ts';
import { contract, type ContractRow, type Planned } from './contract.ts';

/** While somebody decides, what they decide on stands; what is done or void is planned no more. */
const refuseUnplannable = ({ state }: ContractRow): void => {
  if (state === 'CONTRACT_STATE_IN_APPROVAL')
    throw refused('CONTRACT_IN_APPROVAL', 'Somebody is to decide on this contract: take the request back first.');
  if (state !== 'CONTRACT_STATE_DRAFT' && state !== 'CONTRACT_STATE_EFFECTIVE')
    throw refused('PLAN_SETTLED', 'The plan of a contract that is completed or void stands.');
};

/** What is wrong with one instalment by itself. */
const faultOf = ({ amount }: Instalment, field: string, currency: string): FieldError | undefined => {
  const [value, scale] = [new Big(amount), currencyScale(currency)];
  if (value.lte(0)) return { field, reason: 'NOT_POSITIVE', message: 'An amount is more than 0.' };
  if (!value.eq(value.round(scale, Big.roundDown)))
    return { field, reason: 'TOO_PRECISE', message: `${currency} has ${scale} decimals.`, params: { currency, scale } };
  return undefined;
};

/** Ids are those of instalments that there were, each once; what was received for one, it keeps. */
const refuseLost = (given: Instalment[], before: Planned[], received: Map<string, Big>, currency: string): void => {
  const known = new Set(before.map(({ id }) => id));
  const errors = given.flatMap(({ id, amount }, index): FieldError[] => {
    const at = `instalments[${index}]`;
    if (!id) return [];
    if (!known.has(id))
      return [{ field: `${at}.id`, reason: 'UNKNOWN_INSTALMENT', message: 'The plan has no such instalment.' }];
    if (given.findIndex((other) => other.id === id) !== index)
      return [{ field: `${at}.id`, reason: 'INSTALMENT_TWICE', message: 'This instalment is named twice.' }];
    const paid = received.get(id);
    return paid?.gt(amount) ? [paidError(`${at}.amount`, paid, currency)] : [];
  });
  if (errors.length) throw invalid(...errors);
  const kept = new Set(given.map(({ id }) => id));
  const lost = [...received].find(([id, paid]) => paid.gt(0) && !kept.has(id));
  if (lost) throw invalid(paidError('instalments', lost[1], currency));
};

const paidError = (field: string, paid: Big, currency: string): FieldError => {
  const received = paid.toFixed(currencyScale(currency));
  return {
    field,
    reason: 'INSTALMENT_PAID',
    message: `An instalment for which ${received} came in is not taken away, nor made less than that.`,
    params: { received },
  };
};

/** Refuses a plan that comes to more than the contract: also when the contract becomes less. */
export const refuseOverPlanned = ({ instalments, amount }: Pick<ContractRow, 'instalments' | 'amount'>): void => {
  if (!instalments.length) return;
  if (!amount) throw refused('PLAN_WITHOUT_AMOUNT', 'A receipt plan divides the amount of a contract: there is none.');
  const errors = instalments.flatMap(
    (each, index) => faultOf(each, `instalments[${index}].amount`, amount.currency) ?? [],
  );
  if (errors.length) throw invalid(...errors);
  const others = sumMoney(instalments.map((each) => each.amount));
  if (others.lte(amount.amount)) return;
  const left = new Big(amount.amount).minus(others).plus(instalments.at(-1)!.amount);
  throw invalidField('instalments', 'PLAN_TOO_LARGE', 'The plan comes to more than the contract.', {
    left: left.toFixed(currencyScale(amount.currency)),
  });
};

const planned = (given: Instalment[], before: Planned[], currency: string): Planned[] =>
  given
    .map(({ id, name, dueDate, amount }) => {
      const same = before.find((each) => each.id === id && each.dueDate === dueDate);
      return {
        id: id || uuidv7(),
        name: tidy(name),
        dueDate,
        amount: new Big(amount).toFixed(currencyScale(currency)),
        ...(same?.overdueTime && { overdueTime: same.overdueTime }),
      };
    })
    .toSorted((a, b) => a.dueDate.localeCompare(b.dueDate));

/** Writes the whole plan of a contract, under its lock: what came in for an instalment stays covered by it. */
export const setReceiptPlan = (
  tx: Tx,
  id: string,
  instalments: Instalment[],
  caller: Caller,
  version: number,
): Promise<ContractRow> =>
  changeRecord<ContractRow>(tx, contract, id, caller, { action: 'update', verb: 'planned', version }, async (row) => {
    refuseUnplannable(row);
    const errors = unwritable(caller, 'contract', ['instalments'], false, 'contract');
    if (errors.length) throw invalid(...errors);
    const currency = row.amount?.currency;
    refuseOverPlanned({ instalments: instalments as Planned[], amount: row.amount });
    refuseLost(instalments, row.instalments, await receivedOf(tx.sql, id), currency ?? '');
    row.instalments = planned(instalments, row.instalments, currency ?? '');
  });
