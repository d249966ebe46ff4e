import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import type { Directory, DirectoryEmployee } from '@pelagic/chassis/directory';
import { onceIn } from './once-in.ts';

/** Who is to own a record, asked once for all the records of a transaction. Throws a field error when they cannot. */
export const ownerOf = (
  directory: Directory,
  tx: Tx,
  id: string,
  field: string,
  caller: Caller,
): Promise<DirectoryEmployee> => onceIn(tx, `owner/${id}/${caller.imported}`, () => directory.owner(id, field, caller));
