import { changeRecord } from '@pelagic/capabilities/record/records';
import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import type { Directory, DirectoryEmployee } from '@pelagic/chassis/directory';
import type { SalesService } from '../sales-service.ts';
import { opportunity, type OpportunityRow } from './opportunity.ts';

/** Who may be given a deal: somebody active, and for deals of the past also people who left. */
export const employeeFor = async (
  directory: Directory,
  id: string,
  field: string,
  caller: Caller,
): Promise<DirectoryEmployee> =>
  (caller.imported ? await directory.employee(id) : undefined) ?? directory.owner(id, field);

/** Gives a deal to another owner, with the department that they sit in. */
export const giveOpportunity = async (
  { directory }: SalesService,
  tx: Tx,
  id: string,
  ownerId: string,
  caller: Caller,
  { version = 0, reason = '', field = 'ownerId' } = {},
): Promise<OpportunityRow> => {
  const owner = await employeeFor(directory, ownerId, field, caller);
  return changeRecord<OpportunityRow>(
    tx,
    opportunity,
    id,
    caller,
    { action: 'assign', verb: 'assigned', version, reason },
    (row) => {
      row.owner_id = owner.id;
      row.department_id = owner.departmentId;
    },
  );
};
