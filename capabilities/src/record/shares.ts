import type { Reason } from '@pelagic/proto/reason';
import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import type { Directory } from '@pelagic/chassis/directory';
import { invalid, type FieldError } from '@pelagic/chassis/problem';
import { sql } from 'kysely';
import type { Noun } from './noun.ts';
import { changeRecord, type RecordRow } from './records.ts';

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

const endOf = ({ endTime }: Share): number => (endTime ? Date.parse(endTime) : Infinity);

const faultsOf = async (directory: Directory, share: Share, at: string): Promise<FieldError[]> => {
  const person = await directory.employee(share.employeeId);
  const faults: FieldError[] = [];
  const fault = (field: string, reason: Reason, message: string) =>
    faults.push({ field: `${at}.${field}`, reason, message });
  if (!person) fault('employeeId', 'UNKNOWN_EMPLOYEE', 'There is no such employee.');
  else if (!person.active) fault('employeeId', 'EMPLOYEE_NOT_ACTIVE', `${person.name} is not active.`);
  if (endOf(share) <= Date.now()) fault('endTime', 'SHARE_ENDED', 'This share would be over already.');
  return faults;
};

const same = (a: Share, b: Share): boolean =>
  a.employeeId === b.employeeId && a.access === b.access && endOf(a) === endOf(b);

/** Refuses new shares that nobody could use. What stood there before may stay: lists are written whole. */
const checkShares = async (directory: Directory, before: Share[], shares: Share[]): Promise<void> => {
  const errors: FieldError[] = [];
  for (const [index, share] of shares.entries())
    if (!before.some((known) => same(known, share)))
      errors.push(...(await faultsOf(directory, share, `shares[${index}]`)));
  if (errors.length) throw invalid(...errors);
};

/** Replaces the people a record is shared with. Refuses people who are not active and shares that are over. */
export const shareRecord = <R extends RecordRow & { shares: unknown }>(
  { directory }: { directory: Directory },
  tx: Tx,
  noun: Noun,
  id: string,
  caller: Caller,
  { shares, version = 0 }: { shares: Share[]; version?: number },
): Promise<R> =>
  changeRecord<R>(tx, noun, id, caller, { action: 'share', verb: 'shared', version }, async (row) => {
    await checkShares(directory, row.shares as Share[], shares);
    row.shares = shares.map(({ employeeId, access, endTime }) => ({ employeeId, access, ...(endTime && { endTime }) }));
    await replaceShares(tx, noun.noun, [{ id, shares }]);
  });
