import { contacts } from '../contact.ts';
import type { LayoutLoad } from './$types';

export const load: LayoutLoad = async ({ params, depends }) => {
  depends(`record:${params.id}`);
  return { contact: await contacts.get(params.id) };
};
