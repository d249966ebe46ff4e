import { describe, expect, test } from 'vitest';
import type { Format } from './contract-data.ts';
import { formats, isBase64, isDuration, isTimestamp } from './formats.ts';

const cases: Record<Format, { good: string[]; bad: string[] }> = {
  uuid: {
    good: ['019d433a-b8c0-7f36-8a05-9c98c312ae82'],
    bad: [
      '019D433A-B8C0-7F36-8A05-9C98C312AE82',
      '019d433ab8c07f368a059c98c312ae82',
      'x',
      ' 019d433a-b8c0-7f36-8a05-9c98c312ae82',
    ],
  },
  email: {
    good: ['li.na@example.com', ' Li.Na@Example.COM ', 'a+b@sub.example.cn', '李娜@例子.中国', "o'brien@example.ie"],
    bad: [
      'li.na',
      '@example.com',
      'a@b',
      'a b@example.com',
      '.a@example.com',
      'a..b@example.com',
      'a@-example.com',
      'a@example..com',
      `${'a'.repeat(65)}@example.com`,
    ],
  },
  phone: {
    good: [
      '+86 10 8888 8888',
      '（010）8888-8888',
      '138 0013 8000',
      '+1 (555) 010-0199 ext. 12',
      '010-88888888转801',
      '１３８００１３８０００',
    ],
    bad: ['12', 'call me', '+', '1'.repeat(41), '13800138000 <script>'],
  },
  date: {
    good: ['2026-03-31', '2024-02-29', '2000-02-29', '0001-01-01', '9999-12-31'],
    bad: [
      '2026-02-29',
      '1900-02-29',
      '2026-04-31',
      '2026-13-01',
      '2026-00-10',
      '2026-1-1',
      '0000-01-01',
      '2026-03-31T00:00:00Z',
      '20260331',
    ],
  },
  decimal: {
    good: ['0', '-1', '1234.5', '0.0001', '999999999999999999.9999'],
    bad: ['', '.5', '1.', '1.00001', '1000000000000000000', '1e3', '01', '+1', '1,000', 'NaN', '٣'],
  },
  slug: { good: ['budget', 'a', 'budget_2026'], bad: ['Budget', '2026', '_a', 'a-b', 'a b', 'a'.repeat(61), '预算'] },
  url: {
    good: ['https://example.com', 'http://example.com:8080/a?b=c#d', ' https://例子.中国 '],
    bad: ['example.com', 'javascript:alert(1)', 'ftp://example.com', 'https://user:secret@example.com', 'https://'],
  },
  currency: { good: ['CNY', 'USD'], bad: ['cny', 'RMB¥', 'EURO', ''] },
  time_zone: {
    good: ['Asia/Shanghai', 'UTC', 'America/Argentina/Buenos_Aires'],
    bad: ['Mars/Phobos', '+08:00', '', '../etc'],
  },
  locale: { good: ['zh-CN', 'en', 'zh-Hant-TW'], bad: ['z', 'zh_CN', 'english!', ''] },
};

describe.each(Object.entries(cases) as [Format, (typeof cases)[Format]][])('%s', (format, { good, bad }) => {
  test.each(good)('takes %j', (text) => expect(formats[format](text)).toBe(true));
  test.each(bad)('refuses %j', (text) => expect(formats[format](text)).toBe(false));
});

test.each([
  ['2026-03-31T09:30:00Z', true],
  ['2026-03-31T09:30:00.123456789+08:00', true],
  ['9999-12-29T23:59:59Z', true],
  ['9999-12-31T23:59:59Z', false],
  ['0001-01-01T00:00:00Z', false],
  ['2026-02-29T09:30:00Z', false],
  ['2026-03-31T24:00:00Z', false],
  ['2026-03-31T09:30:00', false],
  ['2026-03-31 09:30:00Z', false],
  ['2026-03-31T09:30:60Z', false],
])('the timestamp %s is right: %s', (text, right) => expect(isTimestamp(text)).toBe(right));

test('durations and base64 have the form of proto3 JSON', () => {
  expect([isDuration('1.5s'), isDuration('-3s'), isDuration('1.5'), isDuration('1m')]).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect([isBase64(''), isBase64('cGVsYWdpYw=='), isBase64('cGVsYWdpYw'), isBase64('a b=')]).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test('a long string that nearly matches is refused at once', () => {
  const started = performance.now();
  for (const format of Object.values(formats)) {
    for (const unit of ['a', '1', '-', 'a.', '1 ', '转']) format(`${unit.repeat(20_000)}!`);
  }
  expect(performance.now() - started).toBeLessThan(1000);
});
