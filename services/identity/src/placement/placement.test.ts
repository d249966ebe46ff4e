import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loopDay, onDate, placed, spansOf } from './placement.ts';

const [A, B, C] = ['a', 'b', 'c'];
type Under = { fromDate: string; aboveId?: string };
const tree = (of: Record<string, Under[]>) => (id: string) => of[id] ?? [];

describe('placements', () => {
  const history = [
    { fromDate: '2024-01-01', at: 'x' },
    { fromDate: '2025-07-01', at: 'y' },
  ];

  const put = (fromDate: string, at: string): string[] =>
    placed(history, { fromDate, at }, (a, b) => a.at === b.at).map((placement) => placement.at);

  it('hold from their day until the next one, and the first one always before', () => {
    expect(onDate(history, '2020-01-01')?.at).toBe('x');
    expect(onDate(history, '2025-06-30')?.at).toBe('x');
    expect(onDate(history, '2025-07-01')?.at).toBe('y');
    expect(onDate(history, '2099-01-01')?.at).toBe('y');
  });

  it('are put in their place by date; one of the same day is replaced', () => {
    expect(put('2025-01-01', 'z')).toEqual(['x', 'z', 'y']);
    expect(put('2025-07-01', 'z')).toEqual(['x', 'z']);
    expect(put('2023-01-01', 'z')).toEqual(['z', 'x', 'y']);
  });

  it('never repeat the one before: a move is taken back on its day', () => {
    expect(put('2025-07-01', 'x')).toEqual(['x']);
    expect(put('2025-01-01', 'x')).toEqual(['x', 'y']);
    expect(put('2025-01-01', 'y')).toEqual(['x', 'y']);
    expect(put('2024-01-01', 'y')).toEqual(['y']);
  });

  it('cover every day once as spans', () => {
    expect(spansOf(history).map(({ begin, end }) => [begin, end])).toEqual([
      ['-infinity', '2025-07-01'],
      ['2025-07-01', 'infinity'],
    ]);
  });
});

describe('a loop', () => {
  it('is found on the day it begins', () => {
    const above = tree({
      [A]: [{ fromDate: '2024-01-01' }, { fromDate: '2025-03-01', aboveId: B }],
      [B]: [{ fromDate: '2024-01-01', aboveId: C }],
      [C]: [{ fromDate: '2024-01-01' }, { fromDate: '2025-06-01', aboveId: A }],
    });
    expect(loopDay(A, above)).toBe('2025-06-01');
  });

  it('is none when the two meet on no day', () => {
    const above = tree({
      [A]: [{ fromDate: '2024-01-01', aboveId: B }, { fromDate: '2025-01-01' }],
      [B]: [{ fromDate: '2024-01-01' }, { fromDate: '2025-01-01', aboveId: A }],
    });
    expect(loopDay(A, above)).toBeUndefined();
    expect(loopDay(B, above)).toBeUndefined();
  });

  it('before the first change is told as always', () => {
    expect(loopDay(A, tree({ [A]: [{ fromDate: '2024-01-01', aboveId: A }] }))).toBe('');
  });

  it('is the same as looking at every single day', () => {
    const days = Array.from({ length: 8 }, (_, index) => `2025-01-0${index + 1}`);
    const ids = ['a', 'b', 'c', 'd'];
    const under = fc.record({
      fromDate: fc.constantFrom(...days),
      aboveId: fc.option(fc.constantFrom(...ids), { nil: undefined }),
    });
    const placements = fc
      .uniqueArray(under, { selector: ({ fromDate }) => fromDate, minLength: 1, maxLength: 4 })
      .map((list) => list.toSorted((a, b) => a.fromDate.localeCompare(b.fromDate)));
    const everyDay = (id: string, above: (id: string) => Under[]): string | undefined =>
      ['2024-12-31', ...days].find((day) => {
        const seen = new Set<string>();
        for (let at: string | undefined = id; at !== undefined; at = onDate(above(at), day)?.aboveId) {
          if (seen.has(at)) return true;
          seen.add(at);
        }
        return false;
      });
    fc.assert(
      fc.property(fc.tuple(placements, placements, placements, placements), (lists) => {
        const above = tree(Object.fromEntries(ids.map((id, index) => [id, lists[index]!])) as Record<string, Under[]>);
        const expected = everyDay('a', above);
        expect(loopDay('a', above)).toBe(expected === '2024-12-31' ? '' : expected);
      }),
      { numRuns: 500 },
    );
  });
});
