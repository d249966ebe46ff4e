import type { Opportunity } from '@pelagic/proto/crm/sales/v1/opportunity';
import type { Money } from '@pelagic/proto/crm/common/v1/common';
import type { ProductLine } from '@pelagic/proto/crm/sales/v1/product';
import { queryable } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import { enterprise } from '@pelagic/chassis/enterprise';
import { roundMoney } from '@pelagic/chassis/money';
import { defineNoun, type Noun } from '@pelagic/capabilities/record/noun';
import type { Row } from '@pelagic/capabilities/record/mapping';
import type { RecordRow } from '@pelagic/capabilities/record/records';
import { sql, type RawBuilder } from 'kysely';
import { customerName, ofCustomerNamed } from '../customer/customer.ts';

export type OpportunityState = `OPPORTUNITY_STATE_${'OPEN' | 'WON' | 'LOST' | 'INVALID'}`;

export type OpportunityRow = RecordRow & {
  number: string;
  name: string;
  customer_id: string | null;
  contacts: { contactId: string; role: string }[];
  amount: string | null;
  currency: string | null;
  base_amount: string | null;
  rate_date: string | null;
  expected_close_date: string | null;
  pipeline_id: string;
  pipeline_revision: number;
  stage_id: string;
  state: OpportunityState;
  probability: number;
  probability_reason: string;
  source: string;
  competitor: string;
  next_step: string;
  note: string;
  owner_id: string;
  department_id: string;
  stage_time: string;
  close_date: string | null;
  lost_reason: string;
  close_note: string;
  last_stage_id: string | null;
  lead_id: string | null;
  campaign_id: string | null;
  lines: ProductLine[];
  external_id: string;
  create_date: string;
  checked_items: string[];
  custom: Record<string, unknown>;
  shares: unknown[];
};

/** Money is kept with four decimals, and read with those of its currency. */
export const readAmount = ({
  amount,
  currency,
  base_amount: base,
  rate_date: rateDate,
}: Pick<OpportunityRow, 'amount' | 'currency' | 'base_amount' | 'rate_date'>): Money | undefined =>
  amount === null
    ? undefined
    : {
        amount: roundMoney(amount, currency!),
        currency: currency!,
        baseAmount: roundMoney(base!, enterprise().baseCurrency),
        rateDate: rateDate!,
      };

const column = (name: string) => sql.ref(`opportunity.${name}`);

const defined = defineNoun({
  noun: 'opportunity',
  search: {
    open: ['name', 'number'],
    guarded: [],
    also: (caller, query) => ofCustomerNamed(caller, query, column('customer_id')),
  },
  own: {
    amount: {
      read: (row) => readAmount(row as unknown as OpportunityRow),
      column: { kind: 'number', sql: column('base_amount') },
    },
  },
});

/** Parts of the amount, which are hidden with it. */
const AMOUNT_COLUMNS: Record<string, { kind: 'number' | 'text' | 'date'; name: string }> = {
  amount: { kind: 'number', name: 'amount' },
  currency: { kind: 'text', name: 'currency' },
  base_amount: { kind: 'number', name: 'base_amount' },
  rate_date: { kind: 'date', name: 'rate_date' },
};

/** Amounts compare by their worth in the base currency; customer.name is the name of the customer, where the caller may see it. */
export const opportunity: Noun = {
  ...defined,
  column: async (db, caller, table, path) => {
    const [head, part = ''] = path.split('.');
    if (head === 'amount' && part) {
      const found = AMOUNT_COLUMNS[part];
      return found && queryable(caller, 'opportunity', 'amount')
        ? { kind: found.kind, sql: column(found.name) }
        : undefined;
    }
    if (path === 'customer.name')
      return queryable(caller, 'customer', 'name')
        ? { kind: 'text', sql: customerName(caller, column('customer_id')) }
        : undefined;
    return defined.column(db, caller, table, path);
  },
};

export const opportunityMessage = (row: OpportunityRow): Opportunity =>
  opportunity.mapping.toMessage(row as unknown as Row) as unknown as Opportunity;

/** What is still to be won: it goes along when its owner moves, while what is closed stays where it was made. */
export const isOpenDeal = sql<boolean>`state = 'OPPORTUNITY_STATE_OPEN'`;

/** Names of deals as exports write them, where the caller may see deal and name. */
export const opportunityNames = (caller: Caller): RawBuilder<unknown> =>
  sql`(select id, name from opportunity where ${
    queryable(caller, 'opportunity', 'name') ? opportunity.reach(caller, 'read', 'opportunity') : sql`false`
  })`;
