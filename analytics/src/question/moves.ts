/** A row for each movement `m` of the facts `f`. */
export const MOVES = 'array join f.moves as m';

const OF_MOVE = /\bm\.([a-z_]+)/g;

const usedIn = (sql: string): string[] => [...new Set([...sql.matchAll(OF_MOVE)].map(([, name]) => name!))];

/**
 * The same with the lists that a statement uses. ClickHouse reads every list of a nested column that is joined, and
 * these are the heaviest columns there are: of a million deals all of them take four times what two or three do.
 */
export const withUsedMoves = (sql: string): string => {
  const lists = usedIn(sql).map((name) => `f.moves.${name} as \`m.${name}\``);
  return sql.replaceAll(MOVES, `array join ${lists.join(', ')}`);
};

const overMoves = (how: string, expression: string): string => {
  const used = usedIn(expression);
  const names = used.map((name) => `m_${name}`).join(', ');
  return `${how}((${names}) -> ${expression.replace(OF_MOVE, 'm_$1')}, ${used.map((name) => `f.moves.${name}`).join(', ')})`;
};

/** An expression of each movement `m` of a fact, as a list. */
export const ofEachMove = (expression: string): string => overMoves('arrayMap', expression);

/**
 * What is asked of movements, asked of each fact: its table, what it must be like, and what a movement of it. What is
 * counted once for each record need not be put together again from a row for each movement: two thirds of the time.
 * Of the conditions on movements the first, their period, is asked before all: most facts have none in it.
 */
export const folded = ({ from, where }: { from: string; where: string[] }) => {
  const [period, ...others] = where.filter((condition) => usedIn(condition).length);
  return {
    from: from.replace(`\n  ${MOVES}`, ''),
    where: [...where.filter((condition) => !usedIn(condition).length), overMoves('arrayExists', period!)],
    move: [period, ...others].join(' and '),
  };
};
