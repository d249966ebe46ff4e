import { ownerOf } from '@pelagic/capabilities/record/owner';
import { changeRecord } from '@pelagic/capabilities/record/records';
import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import type { SalesService } from '../sales-service.ts';
import { opportunity, type OpportunityRow } from './opportunity.ts';

/** Gives a deal to another owner, with the department that they sit in. */
export const giveOpportunity = async (
  { directory }: SalesService,
  tx: Tx,
  id: string,
  ownerId: string,
  caller: Caller,
  { version = 0, reason = '', field = 'ownerId', deleted = false } = {},
): Promise<OpportunityRow> => {
  const owner = await ownerOf(directory, tx, ownerId, field, caller);
  return changeRecord<OpportunityRow>(
    tx,
    opportunity,
    id,
    caller,
    { action: 'assign', verb: 'assigned', version, reason, deleted },
    (row) => {
      row.owner_id = owner.id;
      row.department_id = owner.departmentId;
    },
  );
};
