import { dateIn } from '@pelagic/chassis/clock';
import { enterprise } from '@pelagic/chassis/enterprise';
import { roundMoney } from '@pelagic/chassis/money';
import Big from 'big.js';

/** proto3-JSON of a noun, as its events carry it. */
export type State = Record<string, unknown>;

/** How a column of a noun's tables is read from its state. */
export type Column = {
  /** Of ClickHouse. */
  type: string;
  read: (state: State) => unknown;
};

export const MONEY_TYPE = 'Decimal(38, 4)';

const texts = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Free text, and ids of records of which there are many. */
export const text = (field: string): Column => ({ type: 'String', read: (state) => texts(state[field]) });

/** Values that many records share: choices, states, people, departments. */
export const choice = (field: string): Column => ({
  type: 'LowCardinality(String)',
  read: (state) => texts(state[field]),
});

export const day = (field: string): Column => ({
  type: 'Nullable(Date32)',
  read: (state) => texts(state[field]) || null,
});

export const instant = (field: string): Column => ({
  type: "Nullable(DateTime64(3, 'UTC'))",
  read: (state) => instantOf(texts(state[field])),
});

/** The business date of an instant: its day in the enterprise's time zone. */
export const dayOf = (field: string): Column => ({
  type: 'Date32',
  read: (state) => (texts(state[field]) ? dateIn(enterprise().timeZone, new Date(texts(state[field]))) : '1970-01-01'),
});

export const flag = (of: (state: State) => boolean): Column => ({
  type: 'UInt8',
  read: (state) => (of(state) ? 1 : 0),
});

export const computed = (type: string, read: Column['read']): Column => ({ type, read });

export type Sum = { amount?: string; baseAmount?: string };

/** As ClickHouse writes it, so that an amount equals itself wherever it was read from: 20.50 is 20.5. */
export const decimal = (amount: string): string => (amount.includes('.') ? amount.replace(/\.?0+$/, '') : amount);

const baseAmount = (state: State, field: string): string => {
  const money = state[field] as Sum | undefined;
  return decimal(money?.baseAmount || money?.amount || '0');
};

/** In the base currency. */
export const money = (field: string): Column => ({ type: MONEY_TYPE, read: (state) => baseAmount(state, field) });

/** Amount × probability, rounded per record: figures are sums of rounded lines. */
export const weighted = (field: string, percentField: string): Column => ({
  type: MONEY_TYPE,
  read: (state) =>
    roundMoney(
      new Big(baseAmount(state, field)).times(Number(state[percentField] ?? 0)).div(100),
      enterprise().baseCurrency,
    ),
});

/** RFC 3339 as ClickHouse reads it. */
export const instantOf = (value: string): string | null =>
  value ? new Date(value).toISOString().replace('T', ' ').replace('Z', '') : null;

type Share = { employeeId?: string; endTime?: string };

/** Far enough to mean: until taken back. */
const FOREVER = '2299-12-31 00:00:00.000';

/** What people put on records to group them. */
export const tags: Column = {
  type: 'Array(LowCardinality(String))',
  read: (state) => (state['tagIds'] ?? []) as string[],
};

/** What every noun with an owner has, whatever else it has. */
export const owned = (nameField: string): Record<string, Column> => ({
  number: text('number'),
  name: text(nameField),
  owner_id: choice('ownerId'),
  department_id: choice('departmentId'),
  creator_id: choice('creatorId'),
  create_time: instant('createTime'),
  deleted: flag((state) => Boolean(state['deleteTime'])),
  share_ids: {
    type: 'Array(String)',
    read: (state) => ((state['shares'] ?? []) as Share[]).map(({ employeeId = '' }) => employeeId),
  },
  share_ends: {
    type: "Array(DateTime64(3, 'UTC'))",
    read: (state) =>
      ((state['shares'] ?? []) as Share[]).map(({ endTime }) => (endTime ? instantOf(endTime) : FOREVER)),
  },
});
