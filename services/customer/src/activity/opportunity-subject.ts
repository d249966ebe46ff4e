import type { Tx } from '@pelagic/chassis/database';
import type { State } from '@pelagic/chassis/projection';
import { sql } from 'kysely';

type Share = { employeeId: string; access: string; endTime?: string };
type Opportunity = {
  name: string;
  ownerId?: string;
  departmentId?: string;
  customerId?: string;
  state: string;
  deleteTime?: string;
  shares?: Share[];
};

/** Keeps what this service needs of an opportunity; contact dates are its own and stay. */
export const applyOpportunity = async (tx: Tx, { id, state }: State): Promise<void> => {
  const {
    name,
    ownerId,
    departmentId,
    customerId,
    state: phase,
    deleteTime,
    shares = [],
  } = state as unknown as Opportunity;
  const values = {
    id,
    name,
    owner_id: ownerId || null,
    department_id: departmentId || null,
    customer_id: customerId || null,
    open: phase === 'OPPORTUNITY_STATE_OPEN',
    delete_time: deleteTime ?? null,
  };
  await tx.sql
    .insertInto('opportunity_subject')
    .values(values)
    .onConflict((conflict) => conflict.column('id').doUpdateSet(values))
    .execute();
  await sql`delete from share where noun = 'opportunity' and record_id = ${id}`.execute(tx.sql);
  for (const { employeeId, access, endTime } of shares) {
    await sql`insert into share (noun, record_id, employee_id, access, end_time) values ('opportunity', ${id}, ${employeeId}, ${access}, ${endTime ?? null})`.execute(
      tx.sql,
    );
  }
};

export const clearOpportunities = async (tx: Tx): Promise<void> => {
  await sql`delete from share where noun = 'opportunity'`.execute(tx.sql);
  await tx.sql.deleteFrom('opportunity_subject').execute();
};
