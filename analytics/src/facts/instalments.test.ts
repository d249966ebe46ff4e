import { setEnterprise } from '@pelagic/chassis/enterprise';
import Big from 'big.js';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { instalmentsOf } from './instalments.ts';

beforeAll(() =>
  setEnterprise({
    ...{ name: '', locale: 'zh-CN', timeZone: 'Asia/Shanghai', baseCurrency: 'CNY', region: 'CN' },
    fiscalYearStartMonth: 1,
  }),
);

const sum = (amount: string, rate = '1') => ({ amount, baseAmount: new Big(amount).times(rate).round(2).toFixed() });
const part = (id: string, amount: string) => ({ id, name: `part ${id}`, dueDate: '2026-03-02', amount });

describe('the receipt plan of a contract', () => {
  it('is in both currencies', () => {
    expect(instalmentsOf({ instalments: [part('a', '40.00'), part('b', '50')], amount: sum('100', '7.1') })).toEqual([
      { id: 'a', name: 'part a', dueDate: '2026-03-02', sum: '40', amount: '284' },
      { id: 'b', name: 'part b', dueDate: '2026-03-02', sum: '50', amount: '355' },
    ]);
  });

  it('is there without any, and without an amount', () => {
    expect(instalmentsOf({})).toEqual([]);
    expect(instalmentsOf({ instalments: [part('a', '5')] })).toMatchObject([{ sum: '5', amount: '5' }]);
  });

  it('comes to the contract to the cent when it is over the whole, and is nowhere a cent off by itself', () => {
    const cents = fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1, maxLength: 12 });
    const rates = fc.integer({ min: 1, max: 200_000 }).map((rate) => new Big(rate).div(10_000).toFixed());
    fc.assert(
      fc.property(cents, rates, (amounts, rate) => {
        const whole = new Big(amounts.reduce((all, one) => all + one, 0)).div(100);
        const amount = sum(whole.toFixed(), rate);
        const instalments = amounts.map((cent, index) => part(`${index}`, new Big(cent).div(100).toFixed()));
        const plan = instalmentsOf({ instalments, amount });
        const all = plan.reduce((total, one) => total.plus(one.amount), new Big(0));
        expect(all.toFixed()).toBe(new Big(amount.baseAmount).toFixed());
        const worth = new Big(amount.baseAmount).div(whole);
        for (const one of plan) expect(new Big(one.amount).minus(worth.times(one.sum)).abs().lte('0.011')).toBe(true);
      }),
    );
  });
});
