import { invalidField, type Problem } from './problem.ts';

/**
 * The filter language of lists, saved views, exports and bulk edits: AIP-160 (https://google.aip.dev/160). As there, OR
 * binds closer than AND.
 *
 *   state = ASSIGNED AND (source = "fair" OR source = "web") AND create_time >= today(-30) AND NOT phones:*
 */
export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=' | ':';

export type Value =
  | { text: string; quoted: boolean }
  /** today(-7), me(): worked out when the filter is used, not when it is saved. */
  | { call: string; args: string[] };

export type Filter =
  { all: Filter[] } | { any: Filter[] } | { not: Filter } | { field: string; operator: Operator; value: Value };

/** Nesting and length that no person's filter reaches. */
const DEPTH_MAX = 20;
const TERMS_MAX = 200;

type Token = { kind: 'word' | 'string' | 'operator' | 'open' | 'close' | 'comma' | 'end'; text: string; at: number };

const PATTERN = /\s*(?:("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(<=|>=|!=|=|<|>|:)|(\()|(\))|(,)|([^\s"'()<>=!:,]+))/gy;

const wrong = (at: number, message: string): Problem =>
  invalidField('filter', 'BAD_FILTER', `${message} (at character ${at + 1}).`, { position: String(at + 1) });

const tokens = (text: string): Token[] => {
  const found: Token[] = [];
  PATTERN.lastIndex = 0;
  let at = 0;
  while (at < text.length) {
    if (!text.slice(at).trim()) break;
    PATTERN.lastIndex = at;
    const match = PATTERN.exec(text);
    if (!match) throw wrong(at, 'This cannot be read');
    const [, string, operator, open, close, comma, word] = match;
    at = PATTERN.lastIndex;
    const start = at - (string ?? operator ?? open ?? close ?? comma ?? word ?? '').length;
    if (string) found.push({ kind: 'string', text: string.slice(1, -1).replace(/\\(.)/gs, '$1'), at: start });
    else if (operator) found.push({ kind: 'operator', text: operator, at: start });
    else if (word) found.push({ kind: 'word', text: word, at: start });
    else found.push({ kind: open ? 'open' : close ? 'close' : 'comma', text: '', at: start });
  }
  found.push({ kind: 'end', text: '', at: text.length });
  return found;
};

class Reader {
  readonly #tokens: Token[];
  #next = 0;
  #terms = 0;

  constructor(text: string) {
    this.#tokens = tokens(text);
  }

  get #token(): Token {
    return this.#tokens[this.#next]!;
  }

  #take(kind: Token['kind']): Token | undefined {
    const token = this.#token;
    if (token.kind !== kind) return undefined;
    this.#next += 1;
    return token;
  }

  #keyword(word: string): boolean {
    if (this.#token.kind !== 'word' || this.#token.text !== word) return false;
    this.#next += 1;
    return true;
  }

  read(): Filter {
    const filter = this.#all(0);
    if (this.#token.kind !== 'end') throw wrong(this.#token.at, 'Something is left over here');
    return filter;
  }

  #all(depth: number): Filter {
    if (depth > DEPTH_MAX) throw wrong(this.#token.at, `More than ${DEPTH_MAX} brackets deep`);
    const parts = [this.#any(depth)];
    while (this.#keyword('AND') || (this.#token.kind !== 'end' && this.#token.kind !== 'close'))
      parts.push(this.#any(depth));
    return parts.length === 1 ? parts[0]! : { all: parts };
  }

  #any(depth: number): Filter {
    const parts = [this.#term(depth)];
    while (this.#keyword('OR')) parts.push(this.#term(depth));
    return parts.length === 1 ? parts[0]! : { any: parts };
  }

  #term(depth: number): Filter {
    if (++this.#terms > TERMS_MAX) throw wrong(this.#token.at, `More than ${TERMS_MAX} conditions`);
    if (this.#keyword('NOT')) return { not: this.#term(depth + 1) };
    if (this.#take('open')) {
      const inner = this.#all(depth + 1);
      if (!this.#take('close')) throw wrong(this.#token.at, 'A closing bracket is missing');
      return inner;
    }
    const field = this.#take('word');
    if (!field) throw wrong(this.#token.at, 'A field is expected');
    const operator = this.#take('operator');
    if (!operator) throw wrong(this.#token.at, `A comparison is expected after ${field.text}`);
    return { field: field.text, operator: operator.text as Operator, value: this.#value() };
  }

  #value(): Value {
    const string = this.#take('string');
    if (string) return { text: string.text, quoted: true };
    const word = this.#take('word');
    if (!word) throw wrong(this.#token.at, 'A value is expected');
    if (!this.#take('open')) return { text: word.text, quoted: false };
    const args: string[] = [];
    while (!this.#take('close')) {
      const arg = this.#take('string') ?? this.#take('word');
      if (!arg) throw wrong(this.#token.at, 'An argument or a closing bracket is expected');
      args.push(arg.text);
      this.#take('comma');
    }
    return { call: word.text, args };
  }
}

/** Reads a filter. Throws a field error that says where it cannot be read; undefined for an empty one. */
export const parseFilter = (text: string): Filter | undefined => (text.trim() ? new Reader(text).read() : undefined);
