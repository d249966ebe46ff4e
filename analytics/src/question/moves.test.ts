import { expect, it } from 'vitest';
import { MOVES, withUsedMoves } from './moves.ts';

it('unfolds the lists that a statement uses, each once, and no other', () => {
  expect(
    withUsedMoves(`select sum(m.amount) from deals as f\n${MOVES}\nwhere m.state = {p1:String} and m.amount > 0`),
  ).toBe(
    'select sum(m.amount) from deals as f\narray join f.moves.amount as `m.amount`, f.moves.state as `m.state`\nwhere m.state = {p1:String} and m.amount > 0',
  );
  const sql = 'select sum(f.amount) from deals as f where f.sum.of = 1';
  expect(withUsedMoves(sql)).toBe(sql);
});
