import type { HandleClientError } from '@sveltejs/kit/hooks';
import { problemMessage } from '#lib/api/problem-message.ts';
import { asProblem, Problem } from '#lib/api/problem.ts';

/** What a page could not load reaches its error page as the Problem it is. */
export const handleError: HandleClientError = ({ kind, error }) => {
  if (kind !== 'unknown') return undefined;
  // A fault of the page itself has no trace on the server.
  if (!(error instanceof Problem)) console.error(error);
  const problem = asProblem(error);
  const { status, code, reason, detail, traceId } = problem;
  return { status: status || 500, message: problemMessage(problem), code, reason, detail, traceId };
};
