import type { Random } from '../random.ts';

const NUL = '\0';
const HALF = '\ud800';

/** Text that has broken somebody's program before: storage, SQL of both engines, JSON, masks, mail, markup and paths. */
export const TEXTS: readonly string[] = [
  '',
  ' ',
  '\u3000',
  NUL,
  `a${NUL}b`,
  HALF,
  `\udc00${HALF}`,
  '\ufeff',
  '\u202e反向',
  '👨‍👩‍👧‍👦'.repeat(50),
  'x'.repeat(300),
  '长'.repeat(300),
  'x'.repeat(10_001),
  "'; drop table lead; --",
  "' or '1'='1",
  '" or ""="',
  "\\'; select 1 --",
  '\\',
  "'",
  '"',
  '`',
  '%_\\%',
  '{name:String}',
  '{x:Identifier}',
  '$1',
  '?',
  '/* */',
  '--',
  ') union all select * from system.tables settings max_threads=1 --',
  "url('http://127.0.0.1:1/', 'CSV', 'a String')",
  "file('/etc/passwd', 'LineAsString')",
  'sleep(3)',
  'pg_sleep(3)',
  '__proto__',
  'constructor',
  'toString',
  'null',
  'undefined',
  'NaN',
  'true',
  '0',
  '-1',
  '1e400',
  '0x1f',
  '9223372036854775808',
  '-9223372036854775809',
  '99999999999999999999999999999999999999999',
  '0000-00-00',
  '0001-01-01',
  '9999-12-31',
  '2026-02-30',
  '2026-13-01',
  '0000-01-01T00:00:00Z',
  '0001-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999999999Z',
  '9999-12-31T23:59:59-23:59',
  '2026-06-30T23:59:60Z',
  '=cmd|calc!A1',
  '<script>alert(1)</script>',
  '../../etc/passwd',
  '00000000-0000-0000-0000-000000000000',
  'ffffffff-ffff-ffff-ffff-ffffffffffff',
  '019D433A-B8C0-7ABC-8DEF-0123456789AB',
  'a@b.c',
  '+86 138 0013 8000',
  '123456789012345678.9999',
  '-0',
  '٣',
  '今年',
];

const NUMBERS: readonly number[] = [
  0,
  -0,
  -1,
  1,
  0.5,
  199,
  200,
  201,
  1_000,
  1_001,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
  2 ** 32,
  2 ** 53,
  2 ** 63,
  -(2 ** 63),
  1e21,
  1e308,
  -1e308,
  5e-324,
];

/** Lists, objects inside each other and other things that belong nowhere in particular. */
const THINGS: readonly (() => unknown)[] = [
  () => null,
  () => true,
  () => false,
  () => [],
  () => ({}),
  () => [[]],
  () => [null],
  () => ({ '': '' }),
  () => JSON.parse('{"__proto__":{"x":1},"constructor":1}') as unknown,
  () => Array.from({ length: 1_001 }, () => 'x'),
  () => Array.from({ length: 5_000 }, (_, index) => index),
  () => Array.from({ length: 40 }).reduce((inner: unknown) => ({ a: inner }), 1),
  () => Array.from({ length: 200 }).reduce((inner: unknown) => [inner], 1),
];

export const hostileText = (random: Random): string =>
  random.chance(0.2) ? random.of(TEXTS) + random.of(TEXTS) : random.of(TEXTS);

/** JSON of any kind. */
export const hostileValue = (random: Random): unknown => {
  const kind = random.next();
  if (kind < 0.5) return hostileText(random);
  return kind < 0.75 ? random.of(NUMBERS) : random.of(THINGS)();
};
