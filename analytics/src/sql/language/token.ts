import { SqlRefusal } from './refusal.ts';

export type Token = {
  kind: 'word' | 'quoted' | 'text' | 'number' | 'sign' | 'end';
  /** Of a word and a sign as it was written, of a quoted name and a text what is meant. */
  text: string;
  /** In lower case, for words only: keywords are found by it. */
  word: string;
  at: number;
};

/** A statement with more of them is no question of a person. */
const TOKENS_MAX = 20_000;

const BLANK = /[ \t\r\n]+/y;
const LINE_COMMENT = /--[^\n]*/y;
const BLOCK_COMMENT = /\/\*[^]*?\*\//y;
const WORD = /[A-Za-z_][A-Za-z0-9_]*/y;
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const SIGN = /->|::|<=>|<=|>=|<>|!=|==|\|\||[-+*/%=<>(),.[\]{}:;?]/y;

const ESCAPES: Record<string, string> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '0': '\0',
  b: '\b',
  f: '\f',
  a: '\x07',
  v: '\v',
  e: '\x1b',
};

const matchAt = (pattern: RegExp, source: string, at: number): string | undefined => {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0];
};

/** Control characters but tab and line breaks: none of them is in anything that people search for, and one ends texts in C. */
const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/;

const checked = (value: string, at: number): string => {
  if (CONTROL.test(value) || !value.isWellFormed())
    throw new SqlRefusal('SQL_CHARACTER', at, 'This text holds a control character.');
  return value;
};

/** What stands between two quotes: doubled quotes and escapes resolved. */
const quotedAt = (source: string, start: number): { value: string; end: number } => {
  const quote = source[start]!;
  let value = '';
  for (let at = start + 1; at < source.length; at += 1) {
    const sign = source[at]!;
    if (sign === '\\') {
      at += 1;
      const escaped = source[at] ?? '';
      if (/[xXuUN]/.test(escaped))
        throw new SqlRefusal(
          'SQL_CHARACTER',
          at - 1,
          `Write the character itself instead of \\${escaped}.`,
          `\\${escaped}`,
        );
      // As the engine does it, so that patterns of LIKE and of regular expressions keep their backslashes.
      value += Object.hasOwn(ESCAPES, escaped)
        ? ESCAPES[escaped]!
        : /[\\'"`/=]/.test(escaped)
          ? escaped
          : `\\${escaped}`;
    } else if (sign === quote) {
      if (source[at + 1] !== quote) return { value: checked(value, start), end: at + 1 };
      value += quote;
      at += 1;
    } else value += sign;
  }
  throw new SqlRefusal('SQL_SYNTAX', start, 'This quote is never closed.', quote);
};

const skipBlank = (source: string, from: number): number => {
  let at = from;
  for (;;) {
    const skipped =
      matchAt(BLANK, source, at) ?? matchAt(LINE_COMMENT, source, at) ?? matchAt(BLOCK_COMMENT, source, at);
    if (!skipped) return at;
    at += skipped.length;
  }
};

const tokenAt = (source: string, at: number): { token: Token; end: number } => {
  const sign = source[at]!;
  if (sign === "'") {
    const { value, end } = quotedAt(source, at);
    return { token: { kind: 'text', text: value, word: '', at }, end };
  }
  if (sign === '`' || sign === '"') {
    const { value, end } = quotedAt(source, at);
    if (!value) throw new SqlRefusal('SQL_SYNTAX', at, 'A name is empty.', sign + sign);
    return { token: { kind: 'quoted', text: value, word: '', at }, end };
  }
  const word = matchAt(WORD, source, at);
  if (word) return { token: { kind: 'word', text: word, word: word.toLowerCase(), at }, end: at + word.length };
  const number = matchAt(NUMBER, source, at);
  if (number) {
    const end = at + number.length;
    if (matchAt(WORD, source, end))
      throw new SqlRefusal('SQL_SYNTAX', at, 'Numbers are written in decimal digits.', source.slice(at, end + 10));
    return { token: { kind: 'number', text: number, word: '', at }, end };
  }
  const found = matchAt(SIGN, source, at);
  if (found) return { token: { kind: 'sign', text: found, word: '', at }, end: at + found.length };
  if (source.startsWith('/*', at)) throw new SqlRefusal('SQL_SYNTAX', at, 'This comment is never closed.', '/*');
  const stranger = String.fromCodePoint(source.codePointAt(at)!);
  throw new SqlRefusal(
    'SQL_CHARACTER',
    at,
    `The character ${JSON.stringify(stranger)} can stand only in a text or in a quoted name.`,
    stranger,
  );
};

/** The words and signs of a statement. What looks like a letter and is none in ASCII is refused: names that only look alike are a trap. */
export const tokensOf = (source: string): Token[] => {
  const tokens: Token[] = [];
  for (let at = skipBlank(source, 0); at < source.length;) {
    const { token, end } = tokenAt(source, at);
    if (token.kind === 'sign' && token.text === '/' && source[end] === '*')
      throw new SqlRefusal('SQL_SYNTAX', at, 'This comment is never closed.', '/*');
    tokens.push(token);
    if (tokens.length > TOKENS_MAX)
      throw new SqlRefusal('SQL_TOO_LARGE', at, `A statement has at most ${TOKENS_MAX} words and signs.`);
    at = skipBlank(source, end);
  }
  tokens.push({ kind: 'end', text: '', word: '', at: source.length });
  return tokens;
};
