import type { Writable } from 'node:stream';
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
 * A statement that begins so goes out with the next one of its transaction, or with the commit: nobody waits for its answer,
 * and what it breaks is thrown by what it went with.
 */
export const WITH_NEXT = '/* with the next */ ';

const NOTHING = { command: '', rowCount: 0, rows: [], fields: [] };

/** The last answer; or the first failure, which those after it only follow. */
const lastOf = (answers: PromiseSettledResult<unknown>[]): unknown => {
  const failed = answers.find(({ status }) => status === 'rejected');
  if (failed) throw (failed as PromiseRejectedResult).reason;
  return (answers.at(-1) as PromiseFulfilledResult<unknown>).value;
};

/**
 * What a connection sends at once. A transaction begins with its first statement and ends with its last: each round trip
 * costs both sides more than a small write does. Needs a connection in pipeline mode.
 */
const together = (plain: (...args: unknown[]) => any, cork: () => () => void) => {
  let held: (() => Promise<unknown>)[] = [];
  let begun = true;
  const send = (last: () => any): any => {
    if (!held.length) return last();
    const all = [...held, last];
    held = [];
    begun = true;
    const uncork = cork();
    try {
      return Promise.allSettled(all.map((each) => each())).then(lastOf);
    } finally {
      uncork();
    }
  };
  const hold = (statement: () => Promise<unknown>): Promise<unknown> => {
    held.push(statement);
    return Promise.resolve(NOTHING);
  };
  return {
    send,
    hold,
    begin: (text: string): Promise<unknown> => {
      held = [];
      begun = false;
      return hold(() => plain(text));
    },
    /** A transaction that asked nothing was none. */
    end: (text: string, commits: boolean): Promise<unknown> => {
      if (commits && held.length > (begun ? 0 : 1)) return send(() => plain(text));
      held = [];
      return begun ? plain(text) : Promise.resolve({ ...NOTHING, command: commits ? 'COMMIT' : 'ROLLBACK' });
    },
  };
};

/**
 * Makes a connection prepare what its transactions say again and again, and send together what can go together: parsing and
 * planning cost PostgreSQL more than twice the running of a small write. Only inside of transactions: lists are asked with
 * every kind of condition, and a plan that knows their values is the better one.
 */
export const prepareRepeated = (client: Pick<pg.ClientBase, 'query'>): void => {
  const plain = client.query.bind(client) as (...args: unknown[]) => any;
  const { stream } = (client as unknown as { connection: { stream: Writable } }).connection;
  const wire = together(plain, () => {
    stream.cork();
    return () => stream.uncork();
  });
  let inTransaction = false;
  const query = (...args: unknown[]): unknown => {
    const [text, values, callback] = args;
    if (typeof text !== 'string' || callback) return wire.send(() => plain(...args));
    if (/^(begin|start transaction)/i.test(text)) {
      inTransaction = true;
      return wire.begin(text);
    }
    if (/^(commit|rollback)(?! to)/i.test(text)) {
      inTransaction = false;
      return wire.end(text, /^commit/i.test(text));
    }
    const name = inTransaction && Array.isArray(values) && values.length ? nameOf(text) : undefined;
    const statement = () => (name ? plain({ name, text, values }).catch(forgetPlans) : plain(...args));
    return inTransaction && text.startsWith(WITH_NEXT) ? wire.hold(statement) : wire.send(statement);
  };
  client.query = query as typeof client.query;
};
