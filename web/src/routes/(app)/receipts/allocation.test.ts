import { expect, it } from 'vitest';
import { oldestFirst, placeOf, restOf, takersOf, writtenAllocations, type Balance } from './allocation.ts';

const status = 'INSTALMENT_STATUS_OPEN' as const;
const part = (id: string, open: string) => ({
  instalment: { id, name: '', dueDate: '2026-01-01', amount: open },
  received: '0.00',
  open,
  status,
});
const balance = {
  currency: 'CNY',
  instalments: [part('a', '300.00'), part('b', '0.00'), part('c', '50.50')],
} as Balance;

it.each([
  ['100', { a: '100.00' }],
  ['320.1', { a: '300.00', c: '20.10' }],
  ['1000', { a: '300.00', c: '50.50' }],
  ['', {}],
  ['x', {}],
])('of %s the oldest instalments get %j', (amount, expected) =>
  expect(oldestFirst(amount, takersOf(balance), 'CNY')).toEqual(expected),
);

it('takes back what the receipt gave, to give it anew', () =>
  expect(takersOf(balance, [{ instalmentId: 'b', amount: '7.5' }]).map(({ open }) => open)).toEqual([
    '300.00',
    '7.50',
    '50.50',
  ]));

it('says what is left, and by how much it is too much', () => {
  expect(restOf('10', ['3.30', ''], 'CNY')).toBe('6.70');
  expect(restOf('10', ['10.01'], 'CNY')).toBe('-0.01');
});

it('sends what gets something, and finds the place of a refusal', () => {
  expect(writtenAllocations({ a: '0', c: '2' }, takersOf(balance))).toEqual([{ instalmentId: 'c', amount: '2' }]);
  expect(placeOf('receipt.allocations[2].amount')).toBe(2);
  expect(placeOf('receipt.amount')).toBeUndefined();
});
