import type { Tx } from '@pelagic/chassis/database';
import { sql } from 'kysely';

export type Share = { employeeId: string; access: string; endTime?: string | undefined };

/** Replaces whom records of a noun are shared with: scope asks this table for every noun, also for copies of another service's. */
export const replaceShares = async (tx: Tx, noun: string, shared: { id: string; shares: Share[] }[]): Promise<void> => {
  if (!shared.length) return;
  await sql`delete from share where noun = ${noun} and record_id = any(${shared.map(({ id }) => id)}::uuid[])`.execute(
    tx.sql,
  );
  const rows = shared.flatMap(({ id, shares }) =>
    shares.map(({ employeeId, access, endTime }) => ({
      noun,
      record_id: id,
      employee_id: employeeId,
      access,
      end_time: endTime ?? null,
    })),
  );
  if (!rows.length) return;
  // The same person may stand twice in what a caller sends; the last word counts.
  const last = [...new Map(rows.map((row) => [`${row.record_id}/${row.employee_id}`, row])).values()];
  await tx.sql.insertInto('share').values(last).execute();
};
