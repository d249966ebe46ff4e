import { redirect } from '@sveltejs/kit';
import { session } from '#lib/session.svelte.ts';
import { targets } from '../target.ts';
import { fiscalYearOf } from '../year.ts';
import type { PageLoad } from './$types';

/** A target stands in the matrix of its department and year. */
export const load: PageLoad = async ({ params, parent }) => {
  // Whoever comes here first has no session yet: the layout fetches it at the same time.
  const [{ departmentId, month, measure }] = await Promise.all([targets.get(params.id), parent()]);
  const year = fiscalYearOf(month, session.view.enterprise?.fiscalYearStartMonth || 1);
  const search = new URLSearchParams({ department: departmentId, year: String(year) });
  if (measure === 'TARGET_MEASURE_RECEIPTS') search.set('measure', 'receipts');
  redirect(307, `/targets?${search}`);
};
