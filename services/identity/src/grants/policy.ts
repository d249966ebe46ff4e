import { dateIn } from '@pelagic/chassis/clock';
import type { Tx } from '@pelagic/chassis/database';
import { sql } from 'kysely';

/**
 * Takes the lock that changes of people, departments, roles and keys share, and makes a new version of the policy:
 * the next token of everybody makes the services ask for grants anew.
 */
export const lockPolicy = async (tx: Tx): Promise<void> => {
  await sql`update policy set version = version + 1`.execute(tx.sql);
};

/**
 * Version of the grants: that of the policy and the business date, since placements begin and end by the day.
 */
export const grantsVersion = (policyVersion: string, timeZone: string, instant?: Date): string =>
  `${policyVersion}:${dateIn(timeZone, instant)}`;

/** The day that a version of the grants is for. Undefined for a text that is none. */
export const dayOfVersion = (version: string): string | undefined => /^\d+:(\d{4}-\d{2}-\d{2})$/.exec(version)?.[1];
