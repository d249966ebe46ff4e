import { getLog } from '../log.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ params }) => ({ log: await getLog(params.id) });
