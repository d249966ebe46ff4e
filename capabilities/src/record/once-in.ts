import type { Tx } from '@pelagic/chassis/database';

const asked = new WeakMap<Tx, Map<string, Promise<unknown>>>();

/**
 * Asks once a transaction for what it does not change itself, so that a hundred rows of a batch that name the same
 * person, customer or stage cost one query. `key` says what was asked, of whom.
 */
export const onceIn = <T>(tx: Tx, key: string, ask: () => Promise<T>): Promise<T> => {
  let answers = asked.get(tx);
  if (!answers) asked.set(tx, (answers = new Map()));
  const known = answers.get(key);
  if (known) return known as Promise<T>;
  const answer = ask();
  answers.set(key, answer);
  // A refusal may be gone when the next one asks.
  answer.catch(() => answers.delete(key));
  return answer;
};
