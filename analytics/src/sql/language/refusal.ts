import { Problem } from '@pelagic/chassis/problem';
import type { Reason } from '@pelagic/proto/reason';
import type { Place } from './ast.ts';

/** Every way in which a statement is refused before it reaches the engine. */
export type RefusalReason = Extract<Reason, `SQL_${string}`>;

/** Thrown by what only knows the place in the text. */
export class SqlRefusal extends Error {
  readonly reason: RefusalReason;
  readonly at: Place;
  readonly what: string;

  /** `what` is the word that is at fault, as it was written. */
  constructor(reason: RefusalReason, at: Place, message: string, what = '') {
    super(message);
    this.reason = reason;
    this.at = at;
    this.what = what;
  }
}

const placeIn = (statement: string, at: Place): { line: string; column: string } => {
  const before = statement.slice(0, at).split('\n');
  return { line: String(before.length), column: String([...before.at(-1)!].length + 1) };
};

/** The refusal as its caller hears it: why, and in which line and column. */
export const told = (refusal: SqlRefusal, statement: string): Problem => {
  const { line, column } = placeIn(statement, refusal.at);
  return new Problem('INVALID_ARGUMENT', refusal.reason, `${refusal.message} (line ${line}, column ${column})`, {
    params: { line, column, what: refusal.what },
  });
};
