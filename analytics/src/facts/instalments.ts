import { enterprise } from '@pelagic/chassis/enterprise';
import { roundMoney } from '@pelagic/chassis/money';
import Big from 'big.js';
import { computed, decimal, MONEY_TYPE, type Column, type State, type Sum } from './column.ts';

type Planned = { id?: string; name?: string; dueDate?: string; amount?: string };
type Given = { instalmentId?: string; amount?: string };

/** A part of what is to be received: in the currency of its contract, and in the base currency. */
export type Instalment = { id: string; name: string; dueDate: string; sum: string; amount: string };

/**
 * The plan of a contract, worth together what its part of the contract is worth: the rounding of each is made up for by
 * those after it, so that a plan over the whole contract comes to the contract to the cent.
 */
export const instalmentsOf = (state: State): Instalment[] => {
  const planned = (state['instalments'] ?? []) as Planned[];
  const { amount, baseAmount } = (state['amount'] ?? {}) as Sum;
  const whole = new Big(amount || 0);
  const { baseCurrency } = enterprise();
  const worth = (sum: Big): Big =>
    new Big(roundMoney(whole.eq(0) ? sum : sum.times(baseAmount || whole).div(whole), baseCurrency));
  let [sum, told] = [new Big(0), new Big(0)];
  return planned.map(({ id = '', name = '', dueDate = '', amount: part = '0' }) => {
    sum = sum.plus(part);
    const own = worth(sum).minus(told);
    told = told.plus(own);
    return { id, name, dueDate, sum: decimal(part), amount: decimal(own.toFixed()) };
  });
};

const listed = (type: string, name: keyof Instalment): Column =>
  computed(`Array(${type})`, (state) => instalmentsOf(state).map((each) => each[name]));

/** Columns of a noun with a receipt plan: one place in each of them for every instalment. */
export const PLAN_COLUMNS: Record<string, Column> = {
  instalment_ids: listed('String', 'id'),
  instalment_names: listed('String', 'name'),
  instalment_due_dates: listed('Date32', 'dueDate'),
  instalment_sums: listed(MONEY_TYPE, 'sum'),
  instalment_amounts: listed(MONEY_TYPE, 'amount'),
};

const given = (state: State): Given[] => (state['allocations'] ?? []) as Given[];

/** Columns of a noun that says for which instalments it is, in the currency of their contract. */
export const ALLOCATION_COLUMNS: Record<string, Column> = {
  allocation_ids: computed('Array(String)', (state) => given(state).map(({ instalmentId = '' }) => instalmentId)),
  allocation_sums: computed(`Array(${MONEY_TYPE})`, (state) => given(state).map(({ amount = '0' }) => decimal(amount))),
};
