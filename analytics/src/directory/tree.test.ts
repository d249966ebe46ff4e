import { describe, expect, it } from 'vitest';
import { BEGINNING, END, treeOf } from './tree.ts';

const placed = (id: string, ...placements: [parentId: string | undefined, fromDate: string][]) => ({
  id,
  placements: placements.map(([parentId, fromDate]) => ({ parentId, fromDate })),
});

const tree = treeOf([
  placed('hq', [undefined, '2020-01-01']),
  placed('east', ['hq', '2020-01-01']),
  placed('west', ['hq', '2020-01-01']),
  placed('team', ['east', '2020-01-01'], ['west', '2025-07-01'], ['hq', '2026-01-01']),
  placed('squad', ['team', '2021-01-01']),
]);
const eras = (top: string) => tree.below(top).map(({ from, to, branches }) => [from, to, Object.fromEntries(branches)]);

describe('the effective-dated tree', () => {
  it('knows what stood below what, and in which branch, era by era', () => {
    expect(eras('east')).toEqual([
      [BEGINNING, '2025-07-01', { east: 'east', team: 'team', squad: 'team' }],
      ['2025-07-01', END, { east: 'east' }],
    ]);
    expect(eras('hq').map(([from, , branches]) => [from, (branches as Record<string, string>)['squad']])).toEqual([
      [BEGINNING, 'east'],
      ['2025-07-01', 'west'],
      ['2026-01-01', 'team'],
    ]);
  });

  it('has one era where nothing moved', () => {
    expect(eras('squad')).toEqual([[BEGINNING, END, { squad: 'squad' }]]);
    expect(eras('nowhere')).toEqual([[BEGINNING, END, { nowhere: 'nowhere' }]]);
  });

  it('has a root, and bears a loop that data should not hold', () => {
    expect(tree.root).toBe('hq');
    expect(treeOf([placed('a', ['b', '2020-01-01']), placed('b', ['a', '2020-01-01'])]).below('a')).toHaveLength(1);
  });
});
