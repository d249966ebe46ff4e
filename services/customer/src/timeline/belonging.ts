import { replaceShares, type Share } from '@pelagic/capabilities/record/shares';
import { upsert } from '@pelagic/chassis/append';
import { visible } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import type { Database, Tx } from '@pelagic/chassis/database';
import { projection, type Projection, type State } from '@pelagic/chassis/projection';
import { sql, type RawBuilder } from 'kysely';

/** Nouns of other services that belong to a customer and are told of on its timeline, with who keeps them. */
export const BELONGING = { contract: 'sales', ticket: 'ticket' } as const;
export type BelongingNoun = keyof typeof BELONGING;
export const BELONGING_NOUNS = Object.keys(BELONGING) as BelongingNoun[];

type Belonging = {
  name: string;
  ownerId?: string;
  departmentId?: string;
  customerId?: string;
  deleteTime?: string;
  shares?: Share[];
};

/** Writes one noun's states as they are now. */
export const applyBelonging =
  (noun: BelongingNoun) =>
  async (tx: Tx, states: State[]): Promise<void> => {
    const records = states.map(({ id, state }) => ({ ...(state as unknown as Belonging), id }));
    await upsert(
      tx,
      'belonging',
      records.map(({ id, name, ownerId, departmentId, customerId, deleteTime }) => ({
        id,
        noun,
        name,
        owner_id: ownerId || null,
        department_id: departmentId || null,
        customer_id: customerId || null,
        delete_time: deleteTime ?? null,
      })),
    );
    await replaceShares(
      tx,
      noun,
      records.map(({ id, shares = [] }) => ({ id, shares })),
    );
  };

const clear =
  (noun: BelongingNoun) =>
  async (tx: Tx): Promise<void> => {
    await sql`delete from share where noun = ${noun}`.execute(tx.sql);
    await sql`delete from belonging where noun = ${noun}`.execute(tx.sql);
  };

type Options = { addresses: Record<string, string>; database: Database; token: () => Promise<string> };

/** Copies of them, one for each noun. */
export const belongingProjections = ({ addresses, database, token }: Options): Projection[] =>
  BELONGING_NOUNS.map((noun) => {
    const from = BELONGING[noun];
    const keeper = { service: 'customer', from, address: addresses[from]!, noun, database, token };
    return projection({ ...keeper, name: `${noun}s`, apply: applyBelonging(noun), clear: clear(noun) });
  });

/** The rows of one noun that the caller may see. */
export const seenBelonging = (caller: Caller, noun: BelongingNoun): RawBuilder<boolean> =>
  sql`(belonging.noun = ${noun} and ${visible(caller, `${noun}.read`, { noun, table: 'belonging' })})`;
