import { ownerOf } from '@pelagic/capabilities/record/owner';
import { need } from '@pelagic/capabilities/record/records';
import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import type { Directory, DirectoryEmployee } from '@pelagic/chassis/directory';
import { invalidField } from '@pelagic/chassis/problem';

/** Whose a new record is: the caller's, or that of somebody whom they may give such records. `noun` names the message too. */
export const newOwner = (
  directory: Directory,
  tx: Tx,
  noun: string,
  ownerId: string,
  caller: Caller,
): Promise<DirectoryEmployee> => {
  const id = ownerId || (caller.kind === 'service' ? '' : caller.id);
  if (!id) throw invalidField(`${noun}.ownerId`, 'REQUIRED', `A service has to say whose ${noun} it is.`);
  if (id !== caller.id) need(caller, `${noun}.assign`);
  return ownerOf(directory, tx, id, `${noun}.ownerId`, caller);
};

/** Everybody who newly takes part works here. */
export const checkParticipants = async (
  directory: Directory,
  tx: Tx,
  noun: string,
  { ids, before }: { ids: string[]; before: string[] },
  caller: Caller,
): Promise<void> => {
  for (const [index, id] of ids.entries())
    if (!before.includes(id)) await ownerOf(directory, tx, id, `${noun}.participantIds[${index}]`, caller);
};
