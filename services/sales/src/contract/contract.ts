import type { Contract } from '@pelagic/proto/crm/sales/v1/contract';
import type { Money } from '@pelagic/proto/crm/common/v1/common';
import type { ProductLine } from '@pelagic/proto/crm/sales/v1/product';
import { queryable } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import { dateIn } from '@pelagic/chassis/clock';
import { enterpriseTimeZone } from '@pelagic/chassis/enterprise';
import { invalidField, refused } from '@pelagic/chassis/problem';
import { defineNoun, type Noun } from '@pelagic/capabilities/record/noun';
import type { Row } from '@pelagic/capabilities/record/mapping';
import type { RecordRow } from '@pelagic/capabilities/record/records';
import { tidy, tidyName } from '@pelagic/capabilities/record/tidy';
import { sql, type RawBuilder } from 'kysely';
import { customerName, ofCustomerNamed } from '../customer/customer.ts';

export type ContractState = `CONTRACT_STATE_${'DRAFT' | 'IN_APPROVAL' | 'EFFECTIVE' | 'COMPLETED' | 'VOID'}`;

/** A part of what is to be received, and when. */
export type Planned = { id: string; name: string; dueDate: string; amount: string; overdueTime?: string };

export type ContractRow = RecordRow & {
  number: string;
  name: string;
  customer_id: string;
  opportunity_id: string | null;
  contact_id: string | null;
  lines: ProductLine[];
  discount: Money | null;
  amount: Money | null;
  sign_date: string | null;
  start_date: string | null;
  end_date: string | null;
  our_signer: string;
  customer_signer: string;
  state: ContractState;
  approval_id: string | null;
  submitter_id: string | null;
  decision_reason: string;
  void_reason: string;
  effective_date: string | null;
  note: string;
  owner_id: string;
  department_id: string;
  external_id: string;
  custom: Record<string, unknown>;
  shares: unknown[];
  instalments: Planned[];
};

const column = (name: string) => sql.ref(`contract.${name}`);

/** Files stay while somebody decides on them; what hung there on the day the contract took effect was agreed with it. */
const keepFiles = (record: Row, takenOff?: { create_time: string }): void => {
  const { state, effective_date } = record as unknown as ContractRow;
  if (state === 'CONTRACT_STATE_IN_APPROVAL') refuseSettled({ state });
  if (takenOff && effective_date && dateIn(enterpriseTimeZone(), new Date(takenOff.create_time)) <= effective_date)
    throw refused('FILE_AGREED', 'What hung on this contract when it took effect stays on it.');
};

const defined = defineNoun({
  noun: 'contract',
  keepFiles,
  search: {
    open: ['name', 'number'],
    guarded: [],
    also: (caller, query) => ofCustomerNamed(caller, query, column('customer_id')),
  },
});

/** customer.name is the name of the customer, where the caller may see it. */
export const contract: Noun = {
  ...defined,
  column: async (db, caller, table, path) => {
    if (path === 'customer.name')
      return queryable(caller, 'customer', 'name')
        ? { kind: 'text', sql: customerName(caller, column('customer_id')) }
        : undefined;
    return defined.column(db, caller, table, path);
  },
};

/** Names of contracts as exports write them. */
export const contractNames = (caller: Caller): RawBuilder<unknown> =>
  sql`(select id, name from contract where ${
    queryable(caller, 'contract', 'name') ? contract.reach(caller, 'read', 'contract') : sql`false`
  })`;

export const contractMessage = (row: ContractRow): Contract =>
  contract.mapping.toMessage(row as unknown as Row) as unknown as Contract;

/** Names without blanks around them; an end not before the start. */
export const tidyContract = (row: ContractRow): void => {
  row.name = tidyName(row.name, 'contract.name');
  row.our_signer = tidy(row.our_signer);
  row.customer_signer = tidy(row.customer_signer);
  if (row.start_date && row.end_date && row.end_date < row.start_date)
    throw invalidField('contract.endDate', 'END_BEFORE_START', 'A contract cannot end before it begins.');
};

/** What is decided on, agreed or void stands as it is. */
export const refuseSettled = ({ state }: Pick<ContractRow, 'state'>): void => {
  if (state === 'CONTRACT_STATE_DRAFT') return;
  if (state === 'CONTRACT_STATE_IN_APPROVAL')
    throw refused('CONTRACT_IN_APPROVAL', 'Somebody is to decide on this contract: take the request back first.');
  throw refused('CONTRACT_SETTLED', 'What this contract says was agreed and can no longer be changed.');
};

export const refuseState = (row: ContractRow, ...wanted: ContractState[]): void => {
  if (wanted.includes(row.state)) return;
  throw refused('CONTRACT_STATE_NOT_NEXT', 'A contract in this state cannot move there.', {
    params: { from: row.state, to: wanted[0]! },
  });
};

/** What goes along when its owner moves: what is done or void stays where it was made. */
export const isRunning = sql<boolean>`state not in ('CONTRACT_STATE_COMPLETED', 'CONTRACT_STATE_VOID')`;
export const isLooked = ({ state }: ContractRow): boolean =>
  state !== 'CONTRACT_STATE_COMPLETED' && state !== 'CONTRACT_STATE_VOID';
