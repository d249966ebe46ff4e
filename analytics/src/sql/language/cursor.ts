import type { Query } from './ast.ts';
import { SqlRefusal } from './refusal.ts';
import { tokensOf, type Token } from './token.ts';

/** Brackets within brackets, subqueries within subqueries: deeper than people write, shallower than the engine's stack. */
const DEPTH_MAX = 60;

/** Reads a statement from left to right. */
export type Cursor = {
  peek: (ahead?: number) => Token;
  next: () => Token;
  /** Whether the next words are these keywords; then they are read. */
  accept: (...words: string[]) => boolean;
  isWord: (word: string, ahead?: number) => boolean;
  acceptSign: (sign: string) => boolean;
  isSign: (sign: string, ahead?: number) => boolean;
  expect: (word: string) => void;
  expectSign: (sign: string) => void;
  /** What is inside is one level deeper. */
  deeper: <T>(read: () => T) => T;
  /** A query inside of an expression. */
  query: () => Query;
  refuse: (message: string) => never;
};

const shown = ({ kind, text }: Token): string =>
  kind === 'end' ? 'the end of the statement' : JSON.stringify(text.slice(0, 40));

export const cursorOver = (statement: string, readQuery: (cursor: Cursor) => Query): Cursor => {
  const tokens = tokensOf(statement);
  let position = 0;
  let depth = 0;
  const peek = (ahead = 0): Token => tokens[Math.min(position + ahead, tokens.length - 1)]!;
  const refuse = (message: string): never => {
    const token = peek();
    throw new SqlRefusal('SQL_SYNTAX', token.at, message, token.text.slice(0, 40));
  };
  const isWord = (word: string, ahead = 0): boolean => peek(ahead).word === word;
  const isSign = (sign: string, ahead = 0): boolean => peek(ahead).kind === 'sign' && peek(ahead).text === sign;
  const cursor: Cursor = {
    peek,
    next: () => {
      const token = peek();
      position += 1;
      return token;
    },
    isWord,
    isSign,
    accept: (...words) => {
      if (!words.every((word, ahead) => isWord(word, ahead))) return false;
      position += words.length;
      return true;
    },
    acceptSign: (sign) => {
      if (!isSign(sign)) return false;
      position += 1;
      return true;
    },
    expect: (word) => {
      if (!cursor.accept(word)) refuse(`${word.toUpperCase()} was expected here, not ${shown(peek())}.`);
    },
    expectSign: (sign) => {
      if (!cursor.acceptSign(sign)) refuse(`${sign} was expected here, not ${shown(peek())}.`);
    },
    deeper: (read) => {
      depth += 1;
      if (depth > DEPTH_MAX)
        throw new SqlRefusal('SQL_TOO_DEEP', peek().at, `Brackets and subqueries go at most ${DEPTH_MAX} levels deep.`);
      try {
        return read();
      } finally {
        depth -= 1;
      }
    },
    query: () => readQuery(cursor),
    refuse,
  };
  return cursor;
};

/** Words that begin the next part of a statement: no name without quotes, and so never taken for an alias. */
const RESERVED = new Set(
  `all and any anti array as asc asof between by case cast cross cube desc distinct else end escape except exists fetch filter final first
  for format from full global group having ilike in inner insert intersect interval into is join last left like limit not
  null nulls offset on or order outer over partition paste prewhere qualify right rollup sample select semi settings then ties to
  totals union using values when where window with alter create drop delete update set use show describe explain kill attach detach grant
  revoke truncate optimize rename exchange check backup restore regexp rlike`
    .trim()
    .split(/\s+/),
);

/** Reads a name; undefined where none stands. */
export const acceptName = (cursor: Cursor): string | undefined => {
  const { kind, word, text } = cursor.peek();
  if (kind !== 'quoted' && (kind !== 'word' || RESERVED.has(word))) return undefined;
  cursor.next();
  return text;
};

export const expectName = (cursor: Cursor): string =>
  acceptName(cursor) ?? cursor.refuse(`A name was expected here, not ${shown(cursor.peek())}.`);

/** After a dot every word is a name. */
export const expectPart = (cursor: Cursor): string =>
  cursor.peek().kind === 'word' ? cursor.next().text : expectName(cursor);

/** `AS name`, or the name alone. */
export const acceptAlias = (cursor: Cursor): string | undefined =>
  cursor.accept('as') ? expectName(cursor) : acceptName(cursor);

/** Items between commas, at least one. */
export const listOf = <T>(cursor: Cursor, read: () => T): T[] => {
  const items = [read()];
  while (cursor.acceptSign(',')) items.push(read());
  return items;
};

/** Items between commas up to a closing sign, which is read; there may be none. */
export const listUntil = <T>(cursor: Cursor, sign: string, read: () => T): T[] => {
  if (cursor.acceptSign(sign)) return [];
  const items = listOf(cursor, read);
  cursor.expectSign(sign);
  return items;
};
