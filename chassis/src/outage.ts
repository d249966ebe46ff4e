import { sqlState } from './database.ts';
import { asProblem, Problem } from './problem.ts';

/** Lost connections, room, the server's own coming and going, and transactions in each other's way; PostgreSQL, appendix A. */
const OUTAGE = /^(08|40|53|55P03|57P|58)/;
/** What the drivers say without a code. */
const AWAY = /\b(connect\w*|socket|ECONN\w+|EPIPE|ETIMEDOUT)\b/i;

const saysAway = (error: unknown): boolean =>
  error instanceof Error && (AWAY.test(error.message) || saysAway(error.cause));

/** Whether a store or another service was away, full or in the way: whoever asked can do nothing about it but ask again. */
export const isOutage = (error: unknown): boolean => {
  if (error instanceof Problem) return error.passing;
  const state = sqlState(error);
  return state ? OUTAGE.test(state) : saysAway(error);
};

/** What a store that is away or full says is nobody's mistake, and passes. */
export const problemOf = (error: unknown): Problem =>
  !(error instanceof Problem) && isOutage(error)
    ? new Problem('UNAVAILABLE', 'UNAVAILABLE', 'The service cannot be reached for now. Try again in a moment.', {
        cause: error,
      })
    : asProblem(error);
