import { DATABASE } from '../database.ts';
import type { Aliased, Definition, Expression, Join, Limit, Query, Select, Statement, Table } from './ast.ts';
import { acceptAlias, cursorOver, expectName, expectPart, listOf, listUntil, type Cursor } from './cursor.ts';
import { expression } from './expression.ts';
import { readOrder } from './operand.ts';
import { SqlRefusal } from './refusal.ts';

/** Clauses of ClickHouse that reach around the views, cost without end or set what is not the caller's to set. */
const REFUSED_CLAUSES: Record<string, string> = {
  prewhere: 'PREWHERE cannot be used; write WHERE.',
  settings: 'SETTINGS cannot be used; the limits are set here.',
  final: 'FINAL is not needed: the views hold the last version of every record.',
  sample: 'SAMPLE cannot be used; the views are read whole.',
  into: 'INTO OUTFILE cannot be used; the answer is the file.',
  window: 'Write the window after OVER.',
  top: 'TOP cannot be used; write LIMIT.',
  fetch: 'FETCH cannot be used; write LIMIT.',
  global: 'GLOBAL cannot be used; everything is in one place.',
  paste: 'PASTE JOIN cannot be used.',
  asof: 'ASOF JOIN cannot be used.',
};

const refuseClause = (cursor: Cursor): void => {
  const { word, text, at, kind } = cursor.peek();
  if (kind === 'word' && Object.hasOwn(REFUSED_CLAUSES, word))
    throw new SqlRefusal('SQL_CLAUSE', at, REFUSED_CLAUSES[word]!, text.toUpperCase());
};

const readAliased = (cursor: Cursor): Aliased => {
  const { at } = cursor.peek();
  const value = expression(cursor);
  refuseClause(cursor);
  return { expression: value, alias: acceptAlias(cursor), at };
};

const readDefinition = (cursor: Cursor): Definition => {
  const { at, kind } = cursor.peek();
  if ((kind === 'word' || kind === 'quoted') && cursor.isWord('as', 1) && cursor.isSign('(', 2)) {
    const name = expectName(cursor);
    cursor.expect('as');
    cursor.expectSign('(');
    const query = cursor.deeper(() => readQuery(cursor));
    cursor.expectSign(')');
    return { kind: 'query', name, query, at };
  }
  const value = expression(cursor);
  cursor.expect('as');
  return { kind: 'value', name: expectName(cursor), value, at };
};

const readWith = (cursor: Cursor): Definition[] => {
  if (!cursor.accept('with')) return [];
  const { at } = cursor.peek();
  if (cursor.accept('recursive')) throw new SqlRefusal('SQL_CLAUSE', at, 'RECURSIVE cannot be used.', 'RECURSIVE');
  return listOf(cursor, () => readDefinition(cursor));
};

const refuseTableFunction = (cursor: Cursor): void => {
  const { kind, text, at } = cursor.peek();
  const name = text.slice(0, 60);
  if ((kind === 'word' || kind === 'quoted') && cursor.isSign('(', 1))
    throw new SqlRefusal('SQL_TABLE_FUNCTION', at, `${name}(…) cannot be read from; read from the views.`, name);
};

/** Views are named alone or within the one database; what is told of them, within `system`, known by its last name. */
const tableName = (cursor: Cursor): { name: string; alias: string | undefined } => {
  const { at } = cursor.peek();
  const name = expectName(cursor);
  if (!cursor.acceptSign('.')) return { name, alias: undefined };
  const table = cursor.acceptSign('*') ? '*' : expectPart(cursor);
  if (name === DATABASE) return { name: table, alias: undefined };
  if (name === 'system') return { name: `system.${table}`, alias: table };
  throw new SqlRefusal('SQL_TABLE', at, `There is no view ${name}.${table}.`, `${name}.${table}`);
};

const readTable = (cursor: Cursor): Table => {
  refuseClause(cursor);
  const { at } = cursor.peek();
  if (cursor.acceptSign('(')) {
    const query = cursor.deeper(() => readQuery(cursor));
    cursor.expectSign(')');
    refuseClause(cursor);
    return { kind: 'derived', query, alias: acceptAlias(cursor), at };
  }
  refuseTableFunction(cursor);
  const { name, alias: own } = tableName(cursor);
  refuseClause(cursor);
  const alias = acceptAlias(cursor) ?? own;
  refuseClause(cursor);
  return { kind: 'table', name, alias, at };
};

const SIDES = new Set(['inner', 'left', 'right', 'full', 'cross', 'outer', 'any', 'all', 'semi', 'anti']);

const joinType = (cursor: Cursor): string | undefined => {
  const words: string[] = [];
  while (SIDES.has(cursor.peek(words.length).word)) words.push(cursor.peek(words.length).word);
  if (!cursor.isWord('join', words.length)) return undefined;
  for (let index = 0; index <= words.length; index += 1) cursor.next();
  return words.join(' ');
};

/** As people write them; everything else that the engine knows is refused. */
const JOIN_TYPES = new Set(
  [
    '',
    'inner',
    'left',
    'left outer',
    'right',
    'right outer',
    'full',
    'full outer',
    'any left',
    'left any',
    'any inner',
  ].concat(['inner any', 'semi left', 'left semi', 'anti left', 'left anti', 'any']),
);

const readJoin = (cursor: Cursor): Join | undefined => {
  refuseClause(cursor);
  const { at } = cursor.peek();
  if (cursor.isSign(',')) throw new SqlRefusal('SQL_CROSS_JOIN', at, 'Join tables by JOIN … ON.', ',');
  const left = cursor.isWord('left') && cursor.isWord('array', 1);
  if (left ? cursor.accept('left', 'array', 'join') : cursor.accept('array', 'join'))
    return { kind: 'array', left, items: listOf(cursor, () => readAliased(cursor)) };
  const type = joinType(cursor);
  if (type === undefined) return undefined;
  if (type.includes('cross')) throw new SqlRefusal('SQL_CROSS_JOIN', at, 'Join tables by JOIN … ON.', 'CROSS JOIN');
  if (!JOIN_TYPES.has(type))
    throw new SqlRefusal('SQL_CLAUSE', at, `${type.toUpperCase()} JOIN cannot be used.`, type.toUpperCase());
  const table = readTable(cursor);
  if (cursor.accept('using')) {
    const bracket = cursor.acceptSign('(');
    const using = bracket ? listUntil(cursor, ')', () => expectName(cursor)) : listOf(cursor, () => expectName(cursor));
    return { kind: 'join', type, table, on: undefined, using, at };
  }
  cursor.expect('on');
  return { kind: 'join', type, table, on: expression(cursor), using: [], at };
};

const readJoins = (cursor: Cursor): Join[] => {
  const joins: Join[] = [];
  for (let join = readJoin(cursor); join; join = readJoin(cursor)) joins.push(join);
  return joins;
};

const readGroup = (cursor: Cursor): Pick<Select, 'groupBy' | 'groupWith' | 'totals'> => {
  const none = { groupBy: [], groupWith: undefined, totals: false };
  if (!cursor.accept('group', 'by')) return cursor.accept('with', 'totals') ? { ...none, totals: true } : none;
  const { word, at } = cursor.peek();
  if (word === 'grouping')
    throw new SqlRefusal('SQL_CLAUSE', at, 'GROUPING SETS cannot be used; write UNION ALL.', 'GROUPING SETS');
  const before = (word === 'rollup' || word === 'cube') && cursor.isSign('(', 1) ? word : undefined;
  if (before) cursor.next();
  const groupBy: Select['groupBy'] = cursor.accept('all')
    ? 'all'
    : before
      ? (cursor.expectSign('('), listUntil(cursor, ')', () => expression(cursor)))
      : listOf(cursor, () => expression(cursor));
  const after = cursor.accept('with', 'rollup') ? 'rollup' : cursor.accept('with', 'cube') ? 'cube' : undefined;
  return { groupBy, groupWith: before ?? after, totals: cursor.accept('with', 'totals') };
};

const readCount = (cursor: Cursor): Limit => {
  const first = expression(cursor);
  if (cursor.acceptSign(',')) return { count: expression(cursor), offset: first };
  return { count: first, offset: cursor.accept('offset') ? expression(cursor) : undefined };
};

const readLimits = (cursor: Cursor): Pick<Select, 'limit' | 'limitBy'> => {
  let limitBy: Select['limitBy'];
  let limit: Limit | undefined;
  while (!limit && cursor.accept('limit')) {
    const count = readCount(cursor);
    if (!limitBy && cursor.accept('by')) limitBy = { ...count, by: listOf(cursor, () => expression(cursor)) };
    else limit = count;
  }
  const { at, text } = cursor.peek();
  if (cursor.accept('with')) throw new SqlRefusal('SQL_CLAUSE', at, 'WITH TIES cannot be used.', text);
  return { limit, limitBy };
};

const readOrderBy = (cursor: Cursor): Select['orderBy'] => {
  if (!cursor.accept('order', 'by')) return [];
  return cursor.accept('all') ? 'all' : listOf(cursor, () => readOrder(cursor, expression));
};

const optional = (cursor: Cursor, word: string): Expression | undefined => {
  refuseClause(cursor);
  return cursor.accept(word) ? expression(cursor) : undefined;
};

const readSelect = (cursor: Cursor): Query => {
  if (cursor.acceptSign('(')) {
    const query = cursor.deeper(() => readQuery(cursor));
    cursor.expectSign(')');
    return query;
  }
  const definitions = readWith(cursor);
  cursor.expect('select');
  refuseClause(cursor);
  const distinct = cursor.accept('distinct');
  const { at } = cursor.peek();
  if (distinct && cursor.isWord('on'))
    throw new SqlRefusal('SQL_CLAUSE', at, 'DISTINCT ON cannot be used; write LIMIT 1 BY.', 'ON');
  const columns = listOf(cursor, () => readAliased(cursor));
  refuseClause(cursor);
  const from = cursor.accept('from') ? readTable(cursor) : undefined;
  const joins = from ? readJoins(cursor) : [];
  const where = optional(cursor, 'where');
  refuseClause(cursor);
  const group = readGroup(cursor);
  const having = optional(cursor, 'having');
  const qualify = optional(cursor, 'qualify');
  const orderBy = readOrderBy(cursor);
  const limits = readLimits(cursor);
  refuseClause(cursor);
  return {
    kind: 'select',
    with: definitions,
    distinct,
    columns,
    from,
    joins,
    where,
    ...group,
    having,
    qualify,
    orderBy,
    ...limits,
  };
};

/** What is defined before the first of several SELECTs is known in all of them. */
const knowing = (query: Query, definitions: Definition[]): Query =>
  query.kind === 'select' ? { ...query, with: [...definitions, ...query.with] } : query;

type Side = { query: Query; definitions: Definition[] };

const readSide = (cursor: Cursor): Side => {
  const bracketed = cursor.isSign('(');
  const query = readSelect(cursor);
  return { query, definitions: !bracketed && query.kind === 'select' ? query.with : [] };
};

/** Operators of one strength, from left to right. */
const readSets =
  (words: string[], tighter: (cursor: Cursor) => Side) =>
  (cursor: Cursor): Side => {
    const first = tighter(cursor);
    let { query } = first;
    for (;;) {
      const word = words.find((each) => cursor.accept(each));
      if (!word) return { query, definitions: first.definitions };
      const kind = cursor.accept('all') ? 'all' : cursor.accept('distinct') || word === 'union' ? 'distinct' : '';
      const right = knowing(tighter(cursor).query, first.definitions);
      query = { kind: 'set', operator: [word, kind].filter(Boolean).join(' '), left: query, right };
    }
  };

const readUnion = readSets(['union', 'except'], readSets(['intersect'], readSide));

/** SELECTs, and what is made of several of them. */
const readQuery = (cursor: Cursor): Query => cursor.deeper(() => readUnion(cursor).query);

/** Throws SqlRefusal for whatever is not one SELECT. */
export const parse = (statement: string): Statement => {
  const cursor = cursorOver(statement, readQuery);
  const { kind, word, text, at } = cursor.peek();
  if (kind === 'end') throw new SqlRefusal('SQL_SYNTAX', 0, 'The statement is empty.');
  if (word !== 'select' && word !== 'with' && !cursor.isSign('('))
    throw new SqlRefusal(
      'SQL_STATEMENT',
      at,
      'Only SELECT can be asked here; nothing can be changed.',
      text.slice(0, 40),
    );
  const query = readQuery(cursor);
  const format = cursor.accept('format') ? expectName(cursor) : undefined;
  refuseClause(cursor);
  while (cursor.acceptSign(';'));
  const rest = cursor.peek();
  if (rest.kind === 'end') return { query, format };
  const { at: restAt, text: restText } = rest;
  if (/^(select|with|insert|drop|create|alter|set|system)$/.test(rest.word))
    throw new SqlRefusal('SQL_STATEMENT', restAt, 'One statement at a time.', restText);
  throw new SqlRefusal(
    'SQL_SYNTAX',
    restAt,
    `The statement goes on here with what cannot follow: ${restText.slice(0, 40)}`,
    restText.slice(0, 40),
  );
};
