import type { Expression } from './ast.ts';
import { listUntil, type Cursor } from './cursor.ts';
import { readLambdaParameters, readOperand } from './operand.ts';
import { readType } from './type.ts';

type Level = (cursor: Cursor) => Expression;

/** Operators of one strength, from left to right. */
const leftToRight =
  (tighter: Level, operators: Record<string, string>): Level =>
  (cursor) => {
    let left = tighter(cursor);
    for (;;) {
      const { kind, text, word } = cursor.peek();
      const operator = kind === 'sign' ? text : word;
      if (!operator || !Object.hasOwn(operators, operator)) return left;
      cursor.next();
      left = { kind: 'binary', operator: operators[operator]!, left, right: tighter(cursor) };
    }
  };

const postfix: Level = (cursor) => {
  let value = readOperand(cursor, expression);
  for (;;) {
    if (cursor.acceptSign('::')) value = { kind: 'cast', operand: value, type: readType(cursor) };
    else if (cursor.acceptSign('[')) {
      value = { kind: 'element', of: value, key: expression(cursor) };
      cursor.expectSign(']');
    } else if (/^\.\d{1,2}$/.test(cursor.peek().text) && cursor.peek().kind === 'number')
      value = { kind: 'member', of: value, index: cursor.next().text.slice(1) };
    else return value;
  }
};

const negation: Level = (cursor) =>
  cursor.acceptSign('-')
    ? cursor.deeper((): Expression => ({ kind: 'unary', operator: '-', operand: negation(cursor) }))
    : postfix(cursor);

const product = leftToRight(negation, { '*': '*', '/': '/', '%': '%', div: 'div', mod: '%' });
const sum = leftToRight(product, { '+': '+', '-': '-' });
const joined = leftToRight(sum, { '||': '||' });

const COMPARISONS: Record<string, string> = {
  ...{ '=': '=', '==': '=', '!=': '!=', '<>': '!=', '<': '<', '<=': '<=', '>': '>', '>=': '>=' },
  ...{ like: 'like', ilike: 'ilike' },
};

const readSet = (cursor: Cursor): Expression[] | ReturnType<Cursor['query']> => {
  if (cursor.acceptSign('[')) return cursor.deeper(() => listUntil(cursor, ']', () => expression(cursor)));
  if (!cursor.isSign('(') && !cursor.isSign('{'))
    cursor.refuse('After IN come values or a query in brackets; for an array there is has(array, value).');
  if (cursor.isSign('{')) return [readOperand(cursor, expression)];
  cursor.expectSign('(');
  return cursor.deeper(() => {
    if (!cursor.isWord('select') && !cursor.isWord('with')) return listUntil(cursor, ')', () => expression(cursor));
    const query = cursor.query();
    cursor.expectSign(')');
    return query;
  });
};

/** One step beyond `left`; undefined when nothing follows. */
const compared = (cursor: Cursor, left: Expression): Expression | undefined => {
  if (cursor.accept('is')) {
    const not = cursor.accept('not');
    cursor.expect('null');
    return { kind: 'isNull', not, operand: left };
  }
  const not = cursor.isWord('not') && ['in', 'like', 'ilike', 'between'].some((word) => cursor.isWord(word, 1));
  if (not) cursor.next();
  if (cursor.accept('between')) {
    const low = joined(cursor);
    cursor.expect('and');
    return { kind: 'between', not, operand: left, low, high: joined(cursor) };
  }
  if (cursor.accept('in')) return { kind: 'in', not, operand: left, set: readSet(cursor) };
  const { kind, text, word } = cursor.peek();
  const operator = kind === 'sign' ? text : word;
  if (!operator || !Object.hasOwn(COMPARISONS, operator)) return undefined;
  cursor.next();
  const known = COMPARISONS[operator]!;
  return { kind: 'binary', operator: not ? `not ${known}` : known, left, right: joined(cursor) };
};

const comparison: Level = (cursor) => {
  let left = joined(cursor);
  for (;;) {
    const further = compared(cursor, left);
    if (!further) return left;
    left = further;
  }
};

const negative: Level = (cursor) =>
  cursor.isWord('not') && !cursor.isSign('.', 1)
    ? (cursor.next(), cursor.deeper((): Expression => ({ kind: 'unary', operator: 'not', operand: negative(cursor) })))
    : comparison(cursor);

const conjunction = leftToRight(negative, { and: 'and' });
const disjunction = leftToRight(conjunction, { or: 'or' });

export const expression: Level = (cursor) =>
  cursor.deeper(() => {
    const { at } = cursor.peek();
    const parameters = readLambdaParameters(cursor);
    if (!parameters) return disjunction(cursor);
    cursor.expectSign('->');
    return { kind: 'lambda', parameters, body: expression(cursor), at };
  });
