import { describe, expect, it } from 'vitest';
import { isBlock, parseBlock } from './block.ts';
import { difference, isNothing, sumOfThose } from './sums.ts';
import { fiscalYearOf, monthsOf, monthsWithin } from './year.ts';

describe('a year of targets', () => {
  it('begins with the fiscal year', () => {
    expect(fiscalYearOf('2026-03-31', 4)).toBe(2025);
    expect(fiscalYearOf('2026-04-01', 4)).toBe(2026);
    expect(monthsOf(2026, 4)).toHaveLength(12);
    expect(monthsOf(2026, 4).at(-1)).toBe('2027-03-01');
  });

  it('holds the months that a period touches', () => {
    expect(monthsWithin({ fromDate: '2026-11-20', toDate: '2027-01-01' })).toEqual([
      '2026-11-01',
      '2026-12-01',
      '2027-01-01',
    ]);
  });
});

describe('sums of targets', () => {
  it('are of those that there are, and none is not 0', () => {
    expect(sumOfThose(['0.10', undefined, '0.20', ''], 'CNY')).toBe('0.30');
    expect(sumOfThose([undefined, ''], 'CNY')).toBe('');
    expect(sumOfThose(['0.00'], 'CNY')).toBe('0.00');
  });

  it('differ by what is left', () => {
    expect(difference('100.00', '130.5', 'CNY')).toBe('-30.50');
    expect(difference('-1', '-1', 'JPY')).toBe('0');
    expect(difference('', '1', 'CNY')).toBe('');
    expect(isNothing(difference('1.00', '1', 'CNY'))).toBe(true);
  });
});

describe('a block of a spreadsheet', () => {
  it('is rows and cells, with the amounts that people write', () => {
    expect(parseBlock('1,000\t2.5万\t\r\n3\t\t￥4\n')).toEqual([
      ['1000', '25000', undefined],
      ['3', undefined, '4'],
    ]);
    expect(isBlock('12\n')).toBe(false);
    expect(isBlock('12\t3')).toBe(true);
  });

  it('is not taken when some of it is no amount', () => {
    expect(parseBlock('1\tabc')).toBeNull();
    expect(parseBlock('-5\t1')).toBeNull();
  });
});
