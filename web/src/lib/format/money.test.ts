import { describe, expect, it } from 'vitest';
import { addAmounts, formatMoney, groupDigits, parseAmount, shortMoney, shortNumber } from './money.ts';

describe('shortNumber', () => {
  it.each([
    ['0', 'zh-CN', '0'],
    ['999', 'zh-CN', '999'],
    ['9999', 'zh-CN', '9,999'],
    ['10000', 'zh-CN', '1万'],
    ['12345678', 'zh-CN', '1,235万'],
    ['123456', 'zh-CN', '12.3万'],
    ['99999999', 'zh-CN', '10,000万'],
    ['123456789', 'zh-CN', '1.2亿'],
    ['-15000', 'zh-CN', '-1.5万'],
    ['1500', 'en', '1.5k'],
    ['12345678', 'en', '12.3M'],
    ['1234567890', 'en', '1.2B'],
    ['12.50', 'en', '12.5'],
    ['0.004', 'en', '0'],
    ['900719925474099312345', 'zh-CN', '9,007,199,254,741亿'],
    ['not a number', 'en', 'not a number'],
  ])('%s in %s is %s', (amount, locale, text) => expect(shortNumber(amount, locale)).toBe(text));

  it('carries the currency before the figure', () => {
    expect(shortMoney('-25000', 'CNY', 'zh-CN')).toBe('-¥2.5万');
    expect(shortMoney('25000', 'USD', 'en')).toBe('$25k');
  });
});

describe('formatMoney', () => {
  it('keeps digits that a float would lose', () => {
    expect(formatMoney('12345678901234567.89', 'CNY', 'zh-CN')).toBe('¥12,345,678,901,234,567.89');
  });
  it('follows the scale of the currency', () => {
    expect(formatMoney('1500', 'JPY', 'en')).toBe('¥1,500');
    expect(formatMoney('1500.5', 'USD', 'en')).toBe('$1,500.50');
  });
  it('shows an unknown currency by its letters', () => {
    expect(formatMoney('1500', 'not a code', 'en')).toBe('1,500 not a code');
  });
});

describe('typing an amount', () => {
  it.each([
    ['1234567.5', '1234567.5'],
    ['1,234,567.50', '1234567.5'],
    ['￥３，０００', '3000'],
    ['1.2万', '12000'],
    ['1.23456万', '12345.6'],
    ['3亿', '300000000'],
    ['15k', '15000'],
    ['.5', '0.5'],
    ['-0', '0'],
    ['-20', '-20'],
    ['007', '7'],
  ])('%s is %s', (typed, amount) => expect(parseAmount(typed)).toBe(amount));

  it.each([['abc'], [''], ['.'], ['1.23456'], ['1'.repeat(19)], ['1万2'], ['1-2']])('%s is no amount', (typed) =>
    expect(parseAmount(typed)).toBeNull(),
  );

  it('groups what stands in the field', () => {
    expect(groupDigits('1234567.')).toBe('1,234,567.');
    expect(groupDigits('-1000')).toBe('-1,000');
  });
});

describe('addAmounts', () => {
  it.each([
    [[], '0'],
    [['0.10', '0.20'], '0.30'],
    [['99999999999999999.99', '0.01', '5'], '100000000000000005.00'],
    [['-0.5', '0.25'], '-0.25'],
  ])('%j make %s', (amounts, sum) => expect(addAmounts(amounts)).toBe(sum));
});
