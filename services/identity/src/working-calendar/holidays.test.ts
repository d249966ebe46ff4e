import { describe, expect, it } from 'vitest';
import { readHolidays } from './holidays.ts';

const ANNOUNCED = `一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、端午节：6月19日（周五）放假，与周末连休。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
节假日期间，各地区、各部门要妥善安排好值班和安全、保卫等工作。`;

const days = (text: string, year = 2026) =>
  readHolidays(text, year).map(({ date, name, works }) => `${date} ${works ? '班' : '休'} ${name}`);

describe('the announcement', () => {
  it('is read with its make-up workdays and names', () => {
    const read = days(ANNOUNCED);
    expect(read).toHaveLength(3 + 1 + 9 + 2 + 3 + 1 + 7 + 2);
    expect(read).toEqual(
      expect.arrayContaining([
        '2026-01-01 休 元旦',
        '2026-01-04 班 元旦',
        '2026-02-14 班 春节',
        '2026-02-23 休 春节',
        '2026-06-19 休 端午节',
        '2026-09-20 班 国庆节',
        '2026-10-07 休 国庆节',
      ]),
    );
  });

  it('may begin in the year before', () => {
    expect(days('元旦：2026年12月31日至1月2日放假')).toEqual([
      '2026-12-31 休 元旦',
      '2027-01-01 休 元旦',
      '2027-01-02 休 元旦',
    ]);
  });
});

it.each([
  ['2026-10-01,休,国庆节', ['2026-10-01 休 国庆节']],
  ['2026/10/1\t2026/10/10\t班', ['2026-10-01 班 ', '2026-10-10 班 ']],
  ['2026-12-24 - 2026-12-26 closed Christmas', ['24', '25', '26'].map((day) => `2026-12-${day} 休 Christmas`)],
  ['\n2026-02-28 workday\n', ['2026-02-28 班 ']],
])('reads a line for each: %j', (text, expected) => {
  expect(days(text)).toEqual(expected);
});

it.each([
  ['1月1日', 'HOLIDAY_LINE_UNCLEAR'],
  ['2026-02-30,休', 'HOLIDAY_LINE_UNCLEAR'],
  ['1月1日至3月1日放假', 'HOLIDAY_LINE_UNCLEAR'],
  ['我们放假啦', 'HOLIDAYS_NONE'],
])('refuses what it cannot understand: %s', (text, reason) => {
  expect(() => days(text)).toThrow(expect.objectContaining({ fields: [expect.objectContaining({ reason })] }));
});

it('takes the later of two words for one date, and is not slowed by a hostile text', () => {
  expect(days('2026-05-01 休\n2026-05-01 班')).toEqual(['2026-05-01 班 ']);
  const begun = Date.now();
  expect(() => days('1月1日'.repeat(10_000))).toThrow();
  expect(() => days(`${' '.repeat(25_000)}1${' '.repeat(24_000)}`)).toThrow();
  expect(() => days('（'.repeat(25_000) + '1月1日（'.repeat(2_000))).toThrow();
  expect(Date.now() - begun).toBeLessThan(2_000);
});
