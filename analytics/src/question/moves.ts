/** A row for each movement `m` of the facts `f`. */
export const MOVES = 'array join f.moves as m';

/**
 * The same with the lists that a statement uses. ClickHouse reads every list of a nested column that is joined, and
 * these are the heaviest columns there are: of a million deals all of them take four times what two or three do.
 */
export const withUsedMoves = (sql: string): string => {
  const used = [...new Set([...sql.matchAll(/\bm\.([a-z_]+)/g)].map(([, name]) => name))];
  const lists = used.map((name) => `f.moves.${name} as \`m.${name}\``).join(', ');
  return sql.replaceAll(MOVES, `array join ${lists}`);
};
