import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import type { Directory, DirectoryEmployee } from '@pelagic/chassis/directory';
import { invalidField } from '@pelagic/chassis/problem';
import type { Noun } from './noun.ts';
import { onceIn } from './once-in.ts';
import { ownerOf } from './owner.ts';
import { lockRecord, restoreRecord, type RecordRow } from './records.ts';

type OwnedRow = RecordRow & { owner_id: string | null };

type Restored<R> = {
  directory: Directory;
  /** Whose it is from now on; whose it was when absent. */
  ownerId: string | undefined;
  /** Writes the new owner into the row. */
  give: (row: R, owner: DirectoryEmployee) => void;
  /** Whether somebody has to look after it; what is over may stay with who has left. */
  open?: (row: R) => boolean;
};

/**
 * Out of the recycle bin, to somebody who can look after it. Refuses, naming `ownerId`, when the owner is no longer
 * active and nobody else is named. Whoever may delete takes over what has no active owner; any other change of the
 * owner needs the right to assign.
 */
export const restoreOwned = <R extends OwnedRow>(
  tx: Tx,
  noun: Noun,
  id: string,
  caller: Caller,
  { directory, ownerId, give, open = () => true }: Restored<R>,
): Promise<R> => {
  const isActive = (employeeId: string): Promise<boolean> =>
    onceIn(tx, `active/${employeeId}`, async () => (await directory.employee(employeeId))?.active ?? false);
  return restoreRecord<R>(tx, noun, id, caller, async (row) => {
    const orphaned = row.owner_id !== null && open(row) && !(await isActive(row.owner_id));
    if (!ownerId) {
      if (orphaned)
        throw invalidField(
          'ownerId',
          'OWNER_NOT_ACTIVE',
          'Its owner is no longer active: say who is to have it from now on.',
        );
      return;
    }
    if (!orphaned || ownerId !== caller.id) await lockRecord(tx, noun, id, caller, { action: 'assign', deleted: true });
    give(row, await ownerOf(directory, tx, ownerId, 'ownerId', caller));
  });
};
