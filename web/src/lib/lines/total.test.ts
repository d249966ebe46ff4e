import { expect, it } from 'vitest';
import { lineTotal, sumOf } from './total.ts';

const line = (quantity: string, price: string, discountPercent = '') => ({ quantity, price, discountPercent });

it.each([
  [line('3', '99.99', '33.33'), 'CNY', '199.99'],
  [line('0.125', '10.04'), 'CNY', '1.26'],
  [line('1', '0.005'), 'CNY', '0.01'],
  [line('1', '0.0049'), 'CNY', '0.00'],
  [line('3', '33', '50'), 'JPY', '50'],
  [line('2', '10', '100'), 'CNY', '0.00'],
])('the total of %j in %s is %s', (typed, currency, total) => expect(lineTotal(typed, currency)).toBe(total));

it.each([line('', '1'), line('x', '1'), line('1', '-1'), line('1', '1', '101')])('there is none of %j', (typed) =>
  expect(lineTotal(typed, 'CNY')).toBeUndefined(),
);

it('sums what is there', () => expect(sumOf(['1.10', undefined, '2.25'], 'CNY')).toBe('3.35'));
