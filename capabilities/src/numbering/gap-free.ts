import type { Tx } from '@pelagic/chassis/database';
import { today } from '@pelagic/chassis/enterprise';
import { sql } from 'kysely';

/**
 * The next number of a kind that may have no gaps (CONTR-2026-000012), counted per calendar year of the business date. Taken
 * in the transaction that uses it: what is rolled back, or never committed by a process that died, uses up none. Its
 * counter is locked until the commit, so that it is asked for last.
 */
export const nextNumber = async (tx: Tx, noun: string, prefix: string): Promise<string> => {
  const period = today().slice(0, 4);
  const { rows } = await sql<{ next: string }>`
    insert into number_series (noun, period, next) values (${noun}, ${period}, 2)
    on conflict (noun, period) do update set next = number_series.next + 1 returning next`.execute(tx.sql);
  return `${prefix}-${period}-${String(Number(rows[0]!.next) - 1).padStart(6, '0')}`;
};
