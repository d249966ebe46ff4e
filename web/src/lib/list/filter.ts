import { toField, toPath } from '#lib/api/field-path.ts';

/**
 * Filter chips ↔ AIP-160 text, the grammar that lists, saved views, bulk edits and exports share.
 * A chip is one field, one operator and its values. What a person wrote by hand and chips cannot show stays as text.
 */

export type Operator = 'is' | 'isNot' | 'contains' | 'atLeast' | 'atMost' | 'between' | 'empty' | 'notEmpty';

/** A text, or a function that is worked out when the filter is used: `today(-7)`, `me()`. */
export type Value = string | { call: string; args: string[] };

export interface Condition {
  /** JSON name of the field: `nextContactDate`, `custom.tier`. */
  field: string;
  operator: Operator;
  /** None for empty and notEmpty, two for between, else one or more that are alternatives. */
  values: Value[];
}

type Comparator = '=' | '!=' | '>=' | '<=' | '>' | '<' | ':';

interface Comparison {
  field: string;
  comparator: Comparator;
  value: Value;
  negated: boolean;
}

/** Words, numbers and names of enum values stand bare; all else is quoted. */
function printValue(value: Value): string {
  if (typeof value !== 'string') return `${value.call}(${value.args.map(printValue).join(', ')})`;
  if (/^(?:[A-Z][A-Z0-9_]*|true|false|-?\d+(?:\.\d+)?)$/.test(value) && !/^(?:AND|OR|NOT)$/.test(value)) return value;
  return `"${value.replace(/[\\"]/g, '\\$&')}"`;
}

function alternatives(terms: string[], joint: ' OR ' | ' AND '): string {
  if (terms.length === 1) return terms[0] ?? '';
  return joint === ' OR ' ? `(${terms.join(joint)})` : terms.join(joint);
}

function printCondition({ field, operator, values }: Condition): string {
  const path = toPath(field);
  const compare = (comparator: Comparator) => (value: Value) => `${path} ${comparator} ${printValue(value)}`;
  switch (operator) {
    case 'is':
      return alternatives(values.map(compare('=')), ' OR ');
    case 'isNot':
      return alternatives(values.map(compare('!=')), ' AND ');
    case 'contains':
      return alternatives(values.map(compare(':')), ' OR ');
    case 'atLeast':
      return values.slice(0, 1).map(compare('>=')).join('');
    case 'atMost':
      return values.slice(0, 1).map(compare('<=')).join('');
    case 'between':
      return [values.slice(0, 1).map(compare('>=')).join(''), values.slice(1, 2).map(compare('<=')).join('')]
        .filter(Boolean)
        .join(' AND ');
    case 'empty':
      return `NOT ${path}:*`;
    case 'notEmpty':
      return `${path}:*`;
  }
}

/** Conditions without a value that they need say nothing yet and are left out. */
export function printFilter(conditions: Condition[]): string {
  return conditions.filter(isComplete).map(printCondition).filter(Boolean).join(' AND ');
}

export function isComplete({ operator, values }: Condition): boolean {
  if (operator === 'empty' || operator === 'notEmpty') return true;
  if (operator === 'between') return values.some((value) => value !== '');
  return values.length > 0 && values.every((value) => value !== '');
}

/** The chips that a text means, or null when it says more than chips can show. */
export function parseFilter(text: string): Condition[] | null {
  const tokens = tokenize(text);
  if (!tokens) return null;
  if (tokens.length === 0) return [];
  const terms = new Parser(tokens).terms();
  return terms && merge(terms);
}

const TOKEN = /\s*(?:("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(>=|<=|!=|[=<>:(),])|([^\s"'=<>!:(),]+))/sy;

interface Token {
  kind: 'string' | 'sign' | 'word';
  text: string;
}

function tokenize(text: string): Token[] | null {
  const tokens: Token[] = [];
  const rest = text.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < rest.length) {
    const match = TOKEN.exec(rest);
    if (!match) return null;
    if (match[1] !== undefined) tokens.push({ kind: 'string', text: match[1].slice(1, -1).replace(/\\(.)/gs, '$1') });
    else if (match[2] !== undefined) tokens.push({ kind: 'sign', text: match[2] });
    else tokens.push({ kind: 'word', text: match[3] ?? '' });
  }
  return tokens;
}

/** One term is what stands between two ANDs: comparisons that are alternatives of each other. */
class Parser {
  #tokens: Token[];
  #at = 0;

  constructor(tokens: Token[]) {
    this.#tokens = tokens;
  }

  terms(): Comparison[][] | null {
    const terms: Comparison[][] = [];
    do {
      const term = this.#term();
      if (!term) return null;
      terms.push(term);
    } while (this.#take('word', 'AND'));
    return this.#at === this.#tokens.length ? terms : null;
  }

  #term(): Comparison[] | null {
    if (!this.#take('sign', '(')) {
      const one = this.#comparison();
      return one && [one];
    }
    const alternatives: Comparison[] = [];
    do {
      const comparison = this.#comparison();
      if (!comparison || comparison.negated) return null;
      alternatives.push(comparison);
    } while (this.#take('word', 'OR'));
    return this.#take('sign', ')') ? alternatives : null;
  }

  #comparison(): Comparison | null {
    const negated = this.#take('word', 'NOT');
    const path = this.#next('word');
    const comparator = this.#next('sign');
    if (!path || !comparator || '(),'.includes(comparator)) return null;
    const value = this.#value(comparator === ':');
    if (value === null || (negated && value !== ANY)) return null;
    return { field: toField(path), comparator: comparator as Comparator, value, negated };
  }

  /** A quoted asterisk is a text to look for, a bare one asks for any value. */
  #value(mayBeAny: boolean): Value | null {
    const token = this.#tokens[this.#at];
    if (!token || token.kind === 'sign') return null;
    this.#at += 1;
    if (token.kind === 'string') return token.text;
    if (token.text === '*') return mayBeAny ? ANY : null;
    return this.#take('sign', '(') ? this.#call(token.text) : token.text;
  }

  #call(name: string): Value | null {
    const args: string[] = [];
    while (!this.#take('sign', ')')) {
      const arg = this.#tokens[this.#at];
      if (!arg || arg.kind === 'sign') return null;
      this.#at += 1;
      args.push(arg.text);
      this.#take('sign', ',');
    }
    return { call: name, args };
  }

  #take(kind: Token['kind'], text: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.kind !== kind || token.text !== text) return false;
    this.#at += 1;
    return true;
  }

  #next(kind: Token['kind']): string | null {
    const token = this.#tokens[this.#at];
    if (token?.kind !== kind) return null;
    this.#at += 1;
    return token.text;
  }
}

/** Stands for a bare asterisk. */
const ANY: Value = { call: '*', args: [] };

const OPERATORS: Partial<Record<Comparator, Operator>> = {
  '=': 'is',
  '!=': 'isNot',
  ':': 'contains',
  '>=': 'atLeast',
  '<=': 'atMost',
};

function toCondition(term: Comparison[]): Condition | null {
  const [first] = term;
  if (!first) return null;
  if (first.value === ANY)
    return term.length === 1
      ? { field: first.field, operator: first.negated ? 'empty' : 'notEmpty', values: [] }
      : null;
  const operator = OPERATORS[first.comparator];
  const alike = term.every(
    (other) => other.field === first.field && other.comparator === first.comparator && other.value !== ANY,
  );
  if (!operator || !alike || (term.length > 1 && operator !== 'is' && operator !== 'contains')) return null;
  return { field: first.field, operator, values: term.map((comparison) => comparison.value) };
}

/** `a != x AND a != y` is one chip, and so is `a >= x AND a <= y`. */
function merge(terms: Comparison[][]): Condition[] | null {
  const conditions: Condition[] = [];
  for (const term of terms) {
    const condition = toCondition(term);
    if (!condition) return null;
    const last = conditions.at(-1);
    const follows = last?.field === condition.field;
    if (follows && last.operator === 'isNot' && condition.operator === 'isNot') last.values.push(...condition.values);
    else if (follows && last.operator === 'atLeast' && condition.operator === 'atMost') {
      last.operator = 'between';
      last.values.push(...condition.values);
    } else conditions.push(condition);
  }
  return conditions;
}
