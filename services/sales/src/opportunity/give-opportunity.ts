import { ownerOf } from '@pelagic/capabilities/record/owner';
import { restoreOwned } from '@pelagic/capabilities/record/restore';
import { changeRecord } from '@pelagic/capabilities/record/records';
import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import type { DirectoryEmployee } from '@pelagic/chassis/directory';
import type { SalesService } from '../sales-service.ts';
import { opportunity, type OpportunityRow } from './opportunity.ts';

const give = (row: OpportunityRow, owner: DirectoryEmployee): void => {
  row.owner_id = owner.id;
  row.department_id = owner.departmentId;
};

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
    (row) => give(row, owner),
  );
};

/** Out of the recycle bin. A deal that is closed stays with whose it was, also when they have left. */
export const bringBackOpportunity = (
  { directory }: SalesService,
  tx: Tx,
  id: string,
  ownerId: string | undefined,
  caller: Caller,
): Promise<OpportunityRow> =>
  restoreOwned<OpportunityRow>(tx, opportunity, id, caller, {
    directory,
    ownerId,
    give,
    open: ({ state }) => state === 'OPPORTUNITY_STATE_OPEN',
  });
