import type { Directory } from '@pelagic/chassis/directory';
import type { Kysely } from 'kysely';
import { administrators, leadersAbove } from './reporting.ts';

/**
 * Who is to decide on what somebody asks for: their manager, else the leader of the nearest department above, else an
 * administrator; never they themselves, and nobody of `passed`. Null where there is nobody.
 */
export const approverFor = async (
  db: Kysely<any>,
  directory: Directory,
  requesterId: string,
  passed: string[] = [],
): Promise<string | null> => {
  const fits = async (id: string | undefined): Promise<boolean> =>
    Boolean(id) && id !== requesterId && !passed.includes(id!) && ((await directory.employee(id!))?.active ?? false);
  const requester = await directory.employee(requesterId);
  if (await fits(requester?.managerId)) return requester!.managerId!;
  const leaders = requester ? await leadersAbove(db, requester.departmentId) : [];
  for (const id of [...leaders, ...(await administrators(db))]) if (await fits(id)) return id;
  return null;
};
