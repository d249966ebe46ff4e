import { DATABASE } from '../database.ts';
import type { Expression, Order, Window } from './ast.ts';
import { acceptName, expectName, expectPart, listOf, listUntil, type Cursor } from './cursor.ts';
import { canonicalFunction } from './functions.ts';
import { SqlRefusal } from './refusal.ts';
import { readType } from './type.ts';

type Read = (cursor: Cursor) => Expression;

const UNITS = new Set(['second', 'minute', 'hour', 'day', 'week', 'month', 'quarter', 'year']);

const readUnit = (cursor: Cursor): string => {
  const unit = cursor.peek().word.replace(/s$/, '');
  if (!UNITS.has(unit))
    cursor.refuse('A unit was expected here: second, minute, hour, day, week, month, quarter or year.');
  cursor.next();
  return unit;
};

const readCase = (cursor: Cursor, read: Read): Expression => {
  const operand = cursor.isWord('when') ? undefined : read(cursor);
  const branches: [Expression, Expression][] = [];
  while (cursor.accept('when')) {
    const when = read(cursor);
    cursor.expect('then');
    branches.push([when, read(cursor)]);
  }
  if (!branches.length) cursor.refuse('WHEN was expected here.');
  const otherwise = cursor.accept('else') ? read(cursor) : undefined;
  cursor.expect('end');
  return { kind: 'case', operand, branches, otherwise };
};

const readCast = (cursor: Cursor, read: Read): Expression => {
  cursor.expectSign('(');
  const operand = read(cursor);
  cursor.expect('as');
  const type = readType(cursor);
  cursor.expectSign(')');
  return { kind: 'cast', operand, type };
};

const readExtract = (cursor: Cursor, read: Read): Expression => {
  cursor.expectSign('(');
  const unit = readUnit(cursor);
  cursor.expect('from');
  const operand = read(cursor);
  cursor.expectSign(')');
  return { kind: 'extract', unit, operand };
};

export const readOrder = (cursor: Cursor, read: Read): Order => {
  const by = read(cursor);
  const descending = cursor.accept('desc') || (cursor.accept('asc') && false);
  const nulls = !cursor.accept('nulls')
    ? undefined
    : cursor.accept('first')
      ? 'first'
      : (cursor.expect('last'), 'last');
  if (cursor.isWord('collate') || (cursor.isWord('with', 0) && cursor.isWord('fill', 1))) {
    const { text, at } = cursor.peek();
    throw new SqlRefusal('SQL_CLAUSE', at, `${text.toUpperCase()} cannot be used in ORDER BY.`, text);
  }
  return { by, descending, nulls };
};

const readBound = (cursor: Cursor): string => {
  if (cursor.accept('current', 'row')) return 'current row';
  const { kind, text } = cursor.next();
  const amount = kind === 'number' && /^\d{1,6}$/.test(text) ? text : undefined;
  if (!amount && text.toLowerCase() !== 'unbounded')
    cursor.refuse('UNBOUNDED, CURRENT ROW or a number of rows was expected here.');
  const side = cursor.accept('preceding') ? 'preceding' : (cursor.expect('following'), 'following');
  return `${amount ?? 'unbounded'} ${side}`;
};

const readFrame = (cursor: Cursor): Window['frame'] => {
  const unit = cursor.accept('rows') ? 'rows' : cursor.accept('range') ? 'range' : undefined;
  if (!unit) return undefined;
  if (!cursor.accept('between')) return { unit, start: readBound(cursor), end: undefined };
  const start = readBound(cursor);
  cursor.expect('and');
  return { unit, start, end: readBound(cursor) };
};

const readWindow = (cursor: Cursor, read: Read): Window => {
  const { text, at } = cursor.peek();
  if (!cursor.acceptSign('('))
    throw new SqlRefusal('SQL_CLAUSE', at, 'Write the window itself after OVER, in brackets.', text.slice(0, 40));
  const partitionBy = cursor.accept('partition', 'by') ? listOf(cursor, () => read(cursor)) : [];
  const orderBy = cursor.accept('order', 'by') ? listOf(cursor, () => readOrder(cursor, read)) : [];
  const frame = readFrame(cursor);
  cursor.expectSign(')');
  return { partitionBy, orderBy, frame };
};

const readFilter = (cursor: Cursor, read: Read): Expression | undefined => {
  if (!cursor.isWord('filter') || !cursor.isSign('(', 1)) return undefined;
  cursor.next();
  cursor.expectSign('(');
  cursor.expect('where');
  const condition = read(cursor);
  cursor.expectSign(')');
  return condition;
};

const readCall = (cursor: Cursor, read: Read): Expression => {
  const { text, at } = cursor.next();
  const name = canonicalFunction(text, at);
  cursor.expectSign('(');
  const distinct = cursor.accept('distinct');
  const first = listUntil(cursor, ')', () => read(cursor));
  const parametric = cursor.acceptSign('(');
  const distinctLater = parametric && cursor.accept('distinct');
  const second = parametric ? listUntil(cursor, ')', () => read(cursor)) : undefined;
  const filter = readFilter(cursor, read);
  const over = cursor.accept('over') ? readWindow(cursor, read) : undefined;
  return {
    kind: 'call',
    name,
    parameters: second && first,
    distinct: distinct || distinctLater,
    arguments: second ?? first,
    filter,
    over,
    at,
  };
};

const readExcept = (cursor: Cursor): string[] => {
  if (!cursor.isWord('except') || cursor.isWord('select', 1) || cursor.isWord('select', 2)) return [];
  cursor.next();
  if (!cursor.acceptSign('(')) return [expectName(cursor)];
  return listUntil(cursor, ')', () => expectName(cursor));
};

const readName = (cursor: Cursor): Expression => {
  const { at } = cursor.peek();
  const parts = [expectName(cursor)];
  while (cursor.isSign('.')) {
    cursor.next();
    if (cursor.acceptSign('*')) return { kind: 'everything', of: { parts, at }, except: readExcept(cursor), at };
    parts.push(expectPart(cursor));
  }
  // `pelagic`.`leads`.`state`, as tools write it.
  if (parts.length === 3 && parts[0] === DATABASE) parts.shift();
  if (parts.length > 2)
    throw new SqlRefusal(
      'SQL_NAME',
      at,
      'A column is named alone, or by its table’s alias and its name.',
      parts.join('.'),
    );
  return { kind: 'name', name: { parts, at } };
};

const readParameter = (cursor: Cursor): Expression => {
  const { at } = cursor.peek();
  const name = expectName(cursor);
  if (!/^\w{1,40}$/.test(name))
    throw new SqlRefusal('SQL_NAME', at, 'Names of parameters are letters and digits.', name);
  cursor.expectSign(':');
  const type = readType(cursor);
  cursor.expectSign('}');
  return { kind: 'parameter', name, type, at };
};

const readBracket = (cursor: Cursor, read: Read): Expression => {
  if (cursor.isWord('select') || cursor.isWord('with')) {
    const query = cursor.query();
    cursor.expectSign(')');
    return { kind: 'subquery', query };
  }
  const items = listUntil(cursor, ')', () => read(cursor));
  return items.length === 1 ? items[0]! : { kind: 'tuple', items };
};

const readText = (cursor: Cursor): Expression => ({ kind: 'text', value: cursor.next().text });

const BY_WORD: Record<string, (cursor: Cursor, read: Read) => Expression> = {
  null: () => ({ kind: 'constant', value: 'null' }),
  true: () => ({ kind: 'constant', value: 'true' }),
  false: () => ({ kind: 'constant', value: 'false' }),
  case: readCase,
  interval: (cursor, read) => {
    const amount = read(cursor);
    return { kind: 'interval', amount, unit: readUnit(cursor) };
  },
  exists: (cursor) => {
    cursor.expectSign('(');
    const query = cursor.query();
    cursor.expectSign(')');
    return { kind: 'exists', query };
  },
};
/** Read so only before a bracket: they are names of functions too. */
const BEFORE_BRACKET: Record<string, (cursor: Cursor, read: Read) => Expression> = {
  cast: readCast,
  extract: readExtract,
};
/** Read so only before a text. */
const BEFORE_TEXT: Record<string, string> = { date: 'toDate32', timestamp: 'toDateTime' };

const ofWord = (cursor: Cursor, read: Read): Expression | undefined => {
  const { kind, word, at } = cursor.peek();
  if (kind !== 'word') return undefined;
  const before = cursor.isSign('(', 1);
  if (Object.hasOwn(BY_WORD, word)) {
    cursor.next();
    return BY_WORD[word]!(cursor, read);
  }
  if (before && (word === 'cast' || (word === 'extract' && cursor.isWord('from', 3)))) {
    cursor.next();
    return BEFORE_BRACKET[word]!(cursor, read);
  }
  if (cursor.peek(1).kind === 'text' && Object.hasOwn(BEFORE_TEXT, word)) {
    cursor.next();
    return {
      ...{ kind: 'call', name: BEFORE_TEXT[word]!, parameters: undefined, distinct: false },
      ...{ arguments: [readText(cursor)], filter: undefined, over: undefined, at },
    };
  }
  return before ? readCall(cursor, read) : undefined;
};

/** What stands by itself between operators. */
export const readOperand = (cursor: Cursor, read: Read): Expression => {
  const { kind, text, at } = cursor.peek();
  if (kind === 'number') return { kind: 'number', value: cursor.next().text };
  if (kind === 'text') return readText(cursor);
  if (cursor.acceptSign('(')) return cursor.deeper(() => readBracket(cursor, read));
  if (cursor.acceptSign('['))
    return { kind: 'array', items: cursor.deeper(() => listUntil(cursor, ']', () => read(cursor))) };
  if (cursor.acceptSign('{')) return readParameter(cursor);
  if (cursor.acceptSign('*')) return { kind: 'everything', of: undefined, except: readExcept(cursor), at };
  if (kind === 'quoted' && cursor.isSign('(', 1)) return readCall(cursor, read);
  return (
    ofWord(cursor, read) ??
    (acceptNamed(cursor)
      ? readName(cursor)
      : cursor.refuse(`A value was expected here, not ${JSON.stringify(text.slice(0, 40))}.`))
  );
};

const acceptNamed = (cursor: Cursor): boolean => {
  const { kind } = cursor.peek();
  return kind === 'quoted' || kind === 'word';
};

export const readLambdaParameters = (cursor: Cursor): string[] | undefined => {
  const names = (from: number): number | undefined => {
    let ahead = from;
    for (;;) {
      if (!['word', 'quoted'].includes(cursor.peek(ahead).kind)) return undefined;
      ahead += 1;
      if (cursor.isSign(')', ahead)) return ahead + 1;
      if (!cursor.isSign(',', ahead)) return undefined;
      ahead += 1;
    }
  };
  if (cursor.isSign('->', 1)) {
    const name = acceptName(cursor);
    return name === undefined ? undefined : [name];
  }
  if (!cursor.isSign('(')) return undefined;
  const end = names(1);
  if (end === undefined || !cursor.isSign('->', end)) return undefined;
  cursor.next();
  const parameters = listUntil(cursor, ')', () => expectName(cursor));
  return parameters;
};
