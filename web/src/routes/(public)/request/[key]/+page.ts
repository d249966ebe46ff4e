import { api, body } from '#lib/api/client.ts';
import { asProblem } from '#lib/api/problem.ts';
import type { PageLoad } from './$types';

/** Rendered where it is filled in: each ticket is one page's. */
export const ssr = false;

export const load: PageLoad = async ({ params }) => {
  const { key } = params;
  try {
    return { key, form: await body(api.GET('/v1/ticket-forms/{key}', { params: { path: { key } } })) };
  } catch (error) {
    return { key, form: null, problem: asProblem(error) };
  }
};
