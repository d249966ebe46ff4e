import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import type { Message } from '../record/mapping.ts';
import type { Noun } from '../record/noun.ts';

/** `version` 0: whatever is stored. */
type One = { id: string; version: number; caller: Caller };

/**
 * A noun as bulk edits and transfers see it: the functions behind its rpcs, which check right and version themselves.
 * An action that is absent cannot be done in bulk.
 */
export type BulkTarget = {
  noun: Noun;
  update?: (tx: Tx, one: One, message: Message, mask: string[]) => Promise<unknown>;
  /** Without an owner the record goes back to its department. `deleted`: it lies in the recycle bin. */
  assign?: (tx: Tx, one: One & { deleted?: boolean }, ownerId: string | undefined, reason: string) => Promise<unknown>;
  delete?: (tx: Tx, one: One) => Promise<unknown>;
  /** To another owner when one is named; see `restoreOwned`. */
  undelete?: (tx: Tx, one: One, ownerId: string | undefined) => Promise<unknown>;
};
