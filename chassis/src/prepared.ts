import type pg from 'pg';

/** A text that comes this often is one of the service's own statements, and worth a plan that is kept. */
const OFTEN = 3;
/** Texts that are watched or prepared; what a service writes fits many times. Each costs a connection some 30 kB. */
const TEXTS_MAX = 500;
/** SQLSTATE of "cached plan must not change result type": a migration added a column meanwhile. */
export const PLAN_OUTDATED = '0A000';

const texts = new Map<string, { name: string; times: number }>();
let generation = 0;

const nameOf = (text: string): string | undefined => {
  const known = texts.get(text);
  if (!known) {
    if (texts.size < TEXTS_MAX) texts.set(text, { name: `s${generation}_${texts.size}`, times: 1 });
    return undefined;
  }
  known.times += 1;
  return known.times > OFTEN ? known.name : undefined;
};

/** Other names from now on: nobody asks for the old plans again. */
const forgetPlans = (error: unknown): never => {
  if ((error as { code?: string }).code === PLAN_OUTDATED) {
    generation += 1;
    texts.clear();
  }
  throw error;
};

/**
 * Makes a connection prepare what its transactions say again and again: parsing and planning cost PostgreSQL more than
 * twice the running of a small write. Only inside of transactions: lists are asked with every kind of condition, and
 * a plan that knows their values is the better one.
 */
export const prepareRepeated = (client: Pick<pg.ClientBase, 'query'>): void => {
  const plain = client.query.bind(client) as (...args: unknown[]) => any;
  let inTransaction = false;
  const query = (...args: unknown[]): unknown => {
    const [text, values, callback] = args;
    if (typeof text !== 'string') return plain(...args);
    if (/^(begin|start transaction)/i.test(text)) inTransaction = true;
    else if (/^(commit|rollback)(?! to)/i.test(text)) inTransaction = false;
    const prepares = inTransaction && Array.isArray(values) && values.length && !callback;
    const name = prepares ? nameOf(text) : undefined;
    return name ? plain({ name, text, values }).catch(forgetPlans) : plain(...args);
  };
  client.query = query as typeof client.query;
};
