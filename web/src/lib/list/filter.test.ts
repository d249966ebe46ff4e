import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFilter, printFilter, type Condition, type Value } from './filter.ts';

describe('printing', () => {
  it.each<[Condition[], string]>([
    [[], ''],
    [[{ field: 'state', operator: 'is', values: ['ASSIGNED'] }], 'state = ASSIGNED'],
    [[{ field: 'state', operator: 'is', values: ['NEW', 'ASSIGNED'] }], '(state = NEW OR state = ASSIGNED)'],
    [[{ field: 'state', operator: 'isNot', values: ['NEW', 'INVALID'] }], 'state != NEW AND state != INVALID'],
    [[{ field: 'name', operator: 'contains', values: ['say "hi" \\ 你好'] }], 'name : "say \\"hi\\" \\\\ 你好"'],
    [
      [{ field: 'createTime', operator: 'between', values: ['2026-01-01', '2026-01-31'] }],
      'create_time >= "2026-01-01" AND create_time <= "2026-01-31"',
    ],
    [[{ field: 'nextContactDate', operator: 'empty', values: [] }], 'NOT next_contact_date:*'],
    [[{ field: 'custom.deal_size', operator: 'atLeast', values: ['1000.5'] }], 'custom.deal_size >= 1000.5'],
    [[{ field: 'ownerId', operator: 'is', values: [{ call: 'me', args: [] }] }], 'owner_id = me()'],
    [
      [{ field: 'createTime', operator: 'atLeast', values: [{ call: 'today', args: ['-7'] }] }],
      'create_time >= today(-7)',
    ],
    [[{ field: 'name', operator: 'is', values: ['AND'] }], 'name = "AND"'],
    [[{ field: 'name', operator: 'is', values: [] }], ''],
  ])('%j is %s', (conditions, text) => expect(printFilter(conditions)).toBe(text));
});

describe('parsing', () => {
  it('reads chips written by hand', () => {
    expect(parseFilter('state=ASSIGNED AND create_time>="2026-01-01"')).toEqual([
      { field: 'state', operator: 'is', values: ['ASSIGNED'] },
      { field: 'createTime', operator: 'atLeast', values: ['2026-01-01'] },
    ]);
  });
  it('tells a quoted asterisk from any value', () => {
    expect(parseFilter('name : "*"')).toEqual([{ field: 'name', operator: 'contains', values: ['*'] }]);
    expect(parseFilter('name:*')).toEqual([{ field: 'name', operator: 'notEmpty', values: [] }]);
  });
  it.each([
    'a = 1 OR b = 2',
    '(a = 1 OR b = 2)',
    '(a = 1 OR (a = 2 AND b = 3))',
    'NOT a = 1',
    'a > 3',
    'a = "unfinished',
    'a = today(',
    'a = today(=)',
    'a =',
    'a',
    'a = 1 b = 2',
    'a = *',
    '(a:* OR a:*)',
    '(a >= 1 OR a >= 2)',
  ])('leaves %s as text', (text) => expect(parseFilter(text)).toBeNull());
});

const field = fc.constantFrom('name', 'nextContactDate', 'custom.tier', 'custom.deal_size_2', 'ownerId');
const calls: Value[] = [
  { call: 'me', args: [] },
  { call: 'today', args: ['-30'] },
  { call: 'below', args: ['d 1'] },
];
const value: fc.Arbitrary<Value> = fc.oneof(
  fc.constantFrom(...calls),
  fc.string({ minLength: 1, unit: 'grapheme' }),
  fc.constantFrom('*', 'OR', 'NEW', 'true', '-3.5', '2026-01-01'),
);
const condition: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({
    field,
    operator: fc.constantFrom('is' as const, 'isNot' as const, 'contains' as const),
    values: fc.array(value, { minLength: 1, maxLength: 4 }),
  }),
  fc.record({
    field,
    operator: fc.constantFrom('atLeast' as const, 'atMost' as const),
    values: fc.array(value, { minLength: 1, maxLength: 1 }),
  }),
  fc.record({
    field,
    operator: fc.constant('between' as const),
    values: fc.array(value, { minLength: 2, maxLength: 2 }),
  }),
  fc.record({
    field,
    operator: fc.constantFrom('empty' as const, 'notEmpty' as const),
    values: fc.constant<Value[]>([]),
  }),
);

describe('both ways', () => {
  it('reads back every text it prints, and prints that the same again', () => {
    fc.assert(
      fc.property(fc.array(condition, { maxLength: 6 }), (conditions) => {
        const text = printFilter(conditions);
        const read = parseFilter(text);
        expect(read).not.toBeNull();
        expect(printFilter(read ?? [])).toBe(text);
      }),
    );
  });
  it('reads back one condition as it was', () => {
    fc.assert(
      fc.property(condition, (one) => {
        expect(parseFilter(printFilter([one]))).toEqual([one]);
      }),
    );
  });
  it('never throws on what a person types', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseFilter(text)));
  });
});
