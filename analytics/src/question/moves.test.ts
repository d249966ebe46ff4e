import { expect, it } from 'vitest';
import { folded, MOVES, ofEachMove, withUsedMoves } from './moves.ts';

it('unfolds the lists that a statement uses, each once, and no other', () => {
  expect(
    withUsedMoves(`select sum(m.amount) from deals as f\n${MOVES}\nwhere m.state = {p1:String} and m.amount > 0`),
  ).toBe(
    'select sum(m.amount) from deals as f\narray join f.moves.amount as `m.amount`, f.moves.state as `m.state`\nwhere m.state = {p1:String} and m.amount > 0',
  );
  const sql = 'select sum(f.amount) from deals as f where f.sum.of = 1';
  expect(withUsedMoves(sql)).toBe(sql);
});

it('asks of each fact what is asked of its movements', () => {
  const where = ['m.date between {p1:Date32} and {p2:Date32}', 'm.enters', "f.pipeline_id = 'p'"];
  expect(folded({ from: `deals as f\n  ${MOVES}`, where })).toEqual({
    from: 'deals as f',
    where: ["f.pipeline_id = 'p'", 'arrayExists((m_date) -> m_date between {p1:Date32} and {p2:Date32}, f.moves.date)'],
    move: 'm.date between {p1:Date32} and {p2:Date32} and m.enters',
  });
  expect(ofEachMove('if(m.enters, m.step, m.from_step)')).toBe(
    'arrayMap((m_enters, m_step, m_from_step) -> if(m_enters, m_step, m_from_step), f.moves.enters, f.moves.step, f.moves.from_step)',
  );
});
