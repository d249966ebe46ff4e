import { api, body } from '#lib/api/client.ts';
import { asProblem } from '#lib/api/problem.ts';
import type { PageLoad } from './$types';

/** Rendered where it is filled in: each ticket is one page's. */
export const ssr = false;

export const load: PageLoad = async ({ params }) => {
  try {
    return { form: await body(api.GET('/v1/public-forms/{key}', { params: { path: { key: params.key } } })) };
  } catch (error) {
    return { form: null, problem: asProblem(error) };
  }
};
