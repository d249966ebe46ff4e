import Big from 'big.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { monthOf, split } from './split.ts';

const even = Array.from({ length: 12 }, () => '1');

describe('a sum in parts', () => {
  it('gives what does not divide to the first months', () => {
    expect(split('100', even, 2)).toEqual([...Array(4).fill('8.34'), ...Array(8).fill('8.33')]);
    expect(split('1000', even, 0)).toEqual([...Array(4).fill('84'), ...Array(8).fill('83')]);
  });

  it('keeps the proportions that there are, and is even without any', () => {
    expect(split('1000', ['1', '3', '0', '6'], 2)).toEqual(['100.00', '300.00', '0.00', '600.00']);
    expect(split('10', ['0', '0', '0'], 2)).toEqual(['3.34', '3.33', '3.33']);
    // The largest remainder first: 2/3 before 1/3.
    expect(split('1', ['1', '2'], 0)).toEqual(['0', '1']);
  });

  it('adds up exactly, and no part is a unit away from its share', () => {
    const amount = fc.bigInt(0n, 10n ** 15n).map((cents) => new Big(cents.toString()).div(100).toFixed(2));
    fc.assert(
      fc.property(amount, fc.array(amount, { minLength: 1, maxLength: 24 }), (total, weights) => {
        const parts = split(total, weights, 2);
        expect(parts.reduce((sum, part) => sum.plus(part), new Big(0)).toFixed(2)).toBe(total);
        const whole = weights.reduce((sum, weight) => sum.plus(weight), new Big(0));
        for (const [index, part] of parts.entries()) {
          const share = whole.eq(0)
            ? new Big(total).div(parts.length)
            : new Big(total).times(weights[index]!).div(whole);
          expect(share.minus(part).abs().lt('0.01')).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });
});

it('a month is known by its first day', () => {
  expect(monthOf('2026-11-23')).toBe('2026-11-01');
  expect(monthOf('2026-11-30', 3)).toBe('2027-02-01');
});
