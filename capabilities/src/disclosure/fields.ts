import { contract, fieldNamed, messageType, type Field, type Noun } from '@pelagic/proto/contract';
import type { ColumnKind } from '@pelagic/chassis/filter-sql';
import { columnKind } from '../record/noun.ts';
import type { Held } from './matches.ts';

export type State = Record<string, unknown>;

const MONEY = 'crm.common.v1.Money';

/** What the values of a custom field are, by the member of `CustomValue` that holds one. */
const CUSTOM_KINDS: Record<string, ColumnKind> = {
  text: 'text',
  number: 'number',
  money: 'number',
  date: 'date_text',
  choices: 'choices',
  employeeId: 'uuid',
};

const worthOf = (money: unknown): unknown => {
  const { baseAmount, amount } = (money ?? {}) as { baseAmount?: string; amount?: string };
  return baseAmount || amount || undefined;
};

/** A definition stays with the service that owns it; what kind a value is of, it says itself. */
const heldCustom = (state: State, slug: string): Held => {
  const custom = state['custom'] as Record<string, Record<string, unknown>> | undefined;
  const value = custom && Object.hasOwn(custom, slug) ? custom[slug]! : {};
  const member = Object.keys(CUSTOM_KINDS).find((each) => Object.hasOwn(value, each));
  if (!member) return { kind: 'text', value: undefined };
  const inner = value[member];
  if (member === 'money') return { kind: 'number', value: worthOf(inner) };
  if (member === 'choices') return { kind: 'choices', value: (inner as { ids?: string[] }).ids ?? [] };
  return { kind: CUSTOM_KINDS[member]!, value: inner };
};

const scalar = (field: Field, kind: ColumnKind, value: unknown): Held => {
  // JSON says '' where the column of an id, a date or a number is NULL.
  if (kind !== 'enum') return { kind, value: value === '' && kind !== 'text' ? undefined : value };
  const { values = [], prefix = '' } = contract.enums.get(field.type!) ?? {};
  return { kind, value: value === values[0] ? undefined : value, values, prefix };
};

/** The field that a path of a filter names, with how it is read of a state; undefined where there is none to ask for. */
export const readerOf = (noun: Noun, path: string): ((state: State) => Held) | undefined => {
  if (path.startsWith('custom.')) return noun.custom ? (state) => heldCustom(state, path.slice(7)) : undefined;
  const message = messageType(noun.message);
  const sum = fieldNamed(message, path.replace(/\.base_amount$/, ''));
  if (sum?.type === MONEY && !sum.repeated) return (state) => ({ kind: 'number', value: worthOf(state[sum.json]) });
  const field = fieldNamed(message, path);
  const kind = field && !field.rules?.secret ? columnKind(field) : undefined;
  return field && kind ? (state) => scalar(field, kind, state[field.json]) : undefined;
};
