import { replaceShares, type Share } from '@pelagic/capabilities/record/shares';
import { upsert } from '@pelagic/chassis/append';
import type { Tx } from '@pelagic/chassis/database';
import type { State } from '@pelagic/chassis/projection';
import { sql } from 'kysely';

type Opportunity = {
  name: string;
  ownerId?: string;
  departmentId?: string;
  customerId?: string;
  state: string;
  deleteTime?: string;
  shares?: Share[];
};

/** Keeps what this service needs of opportunities; contact dates are its own and stay. */
export const applyOpportunities = async (tx: Tx, states: State[]): Promise<void> => {
  const opportunities = states.map(({ id, state }) => ({ ...(state as unknown as Opportunity), id }));
  await upsert(
    tx,
    'opportunity_subject',
    opportunities.map(({ id, name, ownerId, departmentId, customerId, state, deleteTime }) => ({
      id,
      name,
      owner_id: ownerId || null,
      department_id: departmentId || null,
      customer_id: customerId || null,
      open: state === 'OPPORTUNITY_STATE_OPEN',
      delete_time: deleteTime ?? null,
    })),
  );
  await replaceShares(
    tx,
    'opportunity',
    opportunities.map(({ id, shares = [] }) => ({ id, shares })),
  );
};

/** Out of sight until the owner tells of them again; their contact dates live nowhere else and stay. */
export const clearOpportunities = async (tx: Tx): Promise<void> => {
  await sql`delete from share where noun = 'opportunity'`.execute(tx.sql);
  await sql`update opportunity_subject set delete_time = now()`.execute(tx.sql);
};
