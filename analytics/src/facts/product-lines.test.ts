import { setEnterprise } from '@pelagic/chassis/enterprise';
import Big from 'big.js';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { productShares } from './product-lines.ts';

beforeAll(() =>
  setEnterprise({
    ...{ name: '', locale: 'zh-CN', timeZone: 'Asia/Shanghai', baseCurrency: 'CNY', region: 'CN' },
    fiscalYearStartMonth: 1,
  }),
);

const sum = (amount: string, rate = '1') => ({ amount, baseAmount: new Big(amount).times(rate).round(2).toFixed() });
const line = (productId: string, quantity: string, price: string, total: string, rate?: string) => ({
  ...{ productId, quantity, price: sum(price, rate), total: sum(total, rate) },
});

describe('what of a contract is of which product', () => {
  it('spreads the discount on the whole, and leaves the cent that is over with the last', () => {
    const lines = [line('a', '3', '33.5', '100.5'), line('b', '1', '100', '80'), line('a', '1', '20', '20')];
    expect(productShares({ lines, amount: sum('180.48') })).toEqual([
      { product: 'a', quantity: '4', amount: '108.47', listAmount: '120.5' },
      { product: 'b', quantity: '1', amount: '72.01', listAmount: '100' },
    ]);
  });

  it('is in the base currency', () => {
    expect(productShares({ lines: [line('a', '2', '50', '90', '7.1')], amount: sum('90', '7.1') })).toEqual([
      { product: 'a', quantity: '2', amount: '639', listAmount: '710' },
    ]);
  });

  it('is all of no product where there are no lines', () => {
    expect(productShares({ amount: sum('12.30') })).toEqual([
      { product: '', quantity: '0', amount: '12.3', listAmount: '12.3' },
    ]);
  });

  it('knows what was given away of what came to nothing', () => {
    expect(productShares({ lines: [line('a', '2', '50', '100', '7')], amount: sum('0') })).toEqual([
      { product: 'a', quantity: '2', amount: '0', listAmount: '700' },
    ]);
  });

  it('names every product once and comes to what the contract does, whatever the lines', () => {
    const cents = (max: number) => fc.integer({ min: 0, max }).map((value) => new Big(value).div(100).toFixed());
    const lines = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), cents(1_000), cents(100_000), cents(50_000)), {
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(lines, cents(9_999_999), (drawn, amount) => {
        const shares = productShares({ lines: drawn.map((one) => line(...one)), amount: sum(amount) });
        expect(new Set(shares.map(({ product }) => product)).size).toBe(shares.length);
        const all = shares.reduce((total, share) => total.plus(share.amount), new Big(0));
        expect(all.toFixed()).toBe(new Big(amount).toFixed());
      }),
    );
  });
});
