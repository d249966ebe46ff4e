import type { Reason } from '@pelagic/proto/reason';
import { sqlState, type Tx } from '@pelagic/chassis/database';
import { Problem, type FieldError } from '@pelagic/chassis/problem';
import { sql } from 'kysely';

/** What a row may be refused with: the Problem's fields, or the Problem itself. Kept as it is, said in the reader's language. */
export type RowFault = { field: string; reason: Reason; message: string; params?: Record<string, string | number> };

/** Nothing that the row could help: the batch is tried again. */
const WAITING = new Set(['UNAVAILABLE', 'DEADLINE_EXCEEDED', 'RESOURCE_EXHAUSTED', 'CANCELLED']);
/** The transaction is lost, savepoint or not. */
const LOST = new Set(['40001', '40P01', '25P02']);

const fault = ({ field, reason, message, params }: FieldError): RowFault => ({
  field,
  reason,
  message,
  ...(params && { params }),
});

/** A row was refused without a savepoint to go back to: the batch is done again, carefully. */
class Refused extends Error {}

/** What is wrong with the row, or the error itself when it is not about the row. */
export const faultsOf = (error: unknown): RowFault[] => {
  if (error instanceof Refused) throw error;
  if (error instanceof Problem) {
    if (WAITING.has(error.code)) throw error;
    if (error.fields.length) return error.fields.map(fault);
    if (error.code !== 'INTERNAL')
      return [{ field: '', reason: error.reason, message: error.message, params: error.params }];
  }
  const state = sqlState(error);
  // 22: data that the column cannot hold, 23: a constraint. A rule should have said so before, but the row is what is wrong.
  if (state?.startsWith('23'))
    return [
      {
        field: '',
        reason: state === '23505' ? 'DUPLICATE' : 'CONFLICT',
        message:
          state === '23505' ? 'There is a record with the same identity already.' : 'This does not fit what is stored.',
      },
    ];
  if (state?.startsWith('22')) return [{ field: '', reason: 'BAD_VALUE', message: 'A value cannot be stored.' }];
  throw error;
};

/** How a row is run inside the transaction of its batch. */
export type Attempt = <T>(tx: Tx, work: () => Promise<T>) => Promise<T>;

/** Without savepoints, which cost two round trips a row: most batches have no row that is refused. */
const hopeful: Attempt = async (_tx, work) => {
  try {
    return await work();
  } catch (error) {
    faultsOf(error);
    throw new Refused('a row was refused', { cause: error });
  }
};

/** Runs a batch hopefully, and once more with savepoints when a row is refused, or at once when `careful`. Answers whether it had to be careful. */
export const runBatch = async <T>(
  careful: boolean,
  batch: (attempt: Attempt) => Promise<T>,
): Promise<{ result: T; careful: boolean }> => {
  try {
    if (!careful) return { result: await batch(hopeful), careful: false };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
  }
  return { result: await batch(attemptRow), careful: true };
};

/**
 * Runs the work for one row inside the transaction of its batch: when the row is refused, what it wrote and told is
 * taken back, and the rows around it stay. Deadlocks are the whole batch's and go on up.
 */
export const attemptRow: Attempt = async (tx, work) => {
  const [events, appended, callbacks] = [tx.events.length, tx.appended.length, tx.afterCommit.length];
  await sql`savepoint one_row`.execute(tx.sql);
  try {
    const result = await work();
    await sql`release savepoint one_row`.execute(tx.sql);
    return result;
  } catch (error) {
    if (LOST.has(sqlState(error) ?? '')) throw error;
    await sql`rollback to savepoint one_row`.execute(tx.sql);
    tx.events.length = events;
    tx.appended.length = appended;
    tx.afterCommit.length = callbacks;
    throw error;
  }
};
