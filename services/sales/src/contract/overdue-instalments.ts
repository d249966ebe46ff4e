import { applyChange } from '@pelagic/capabilities/record/records';
import { repeated } from '@pelagic/capabilities/repeated/repeated';
import { serviceCaller } from '@pelagic/chassis/caller';
import { runIn } from '@pelagic/chassis/context';
import type { Database, Tx } from '@pelagic/chassis/database';
import { today } from '@pelagic/chassis/enterprise';
import type { Log } from '@pelagic/chassis/log';
import type { Part } from '@pelagic/chassis/service';
import { InstalmentStatus } from '@pelagic/proto/crm/sales/v1/receipt';
import Big from 'big.js';
import { sql } from 'kysely';
import { statusOf } from '../receipt/balance.ts';
import { receivedOf } from '../receipt/ledger.ts';
import { contract, type ContractRow, type Planned } from './contract.ts';

/** How late a day may be seen to have begun. */
const LOOK_MS = 60_000;
/** Contracts of one transaction. */
const AT_ONCE = 100;

/** Contracts with an instalment that is past its day, not paid in full and not said so yet. */
const suspects = async (tx: Tx, date: string): Promise<ContractRow[]> =>
  (
    await sql<ContractRow>`
      select contract.* from contract
      where delete_time is null and state = 'CONTRACT_STATE_EFFECTIVE' and exists (
        select from jsonb_array_elements(instalments) part
        where part ->> 'dueDate' < ${date} and part ->> 'overdueTime' is null
          and (part ->> 'amount')::numeric > coalesce((
            select sum((given ->> 'amount')::numeric) from receipt, jsonb_array_elements(receipt.allocations) given
            where receipt.contract_id = contract.id and given ->> 'instalmentId' = part ->> 'id'), 0))
      order by id limit ${AT_ONCE} for update`.execute(tx.sql)
  ).rows;

/** Which are overdue, read under the lock: a receipt that came in while the lock was waited for counts. */
const overdueOf = async (tx: Tx, { id, state, instalments }: ContractRow, date: string): Promise<Planned[]> => {
  const received = await receivedOf(tx.sql, id);
  return instalments.filter(
    (each) =>
      !each.overdueTime &&
      statusOf(state, each, received.get(each.id) ?? new Big(0), date) === InstalmentStatus.OVERDUE,
  );
};

const fallDue = async (tx: Tx, date: string): Promise<number> => {
  const rows = await suspects(tx, date);
  for (const row of rows) {
    const overdue = new Set(await overdueOf(tx, row, date));
    const overdueTime = new Date().toISOString();
    await applyChange<ContractRow>(tx, contract, row, { verb: 'fell_due' }, (draft) => {
      draft.instalments = row.instalments.map((each) => (overdue.has(each) ? { ...each, overdueTime } : each));
    });
  }
  return rows.length;
};

/** Marks the instalments that are overdue on a date, each once for its due date, with the event that tells of it. Two replicas at once do it once. */
export const markOverdue = async (database: Database, date = today()): Promise<void> => {
  const caller = serviceCaller('sales');
  const some = () =>
    runIn({ caller, deadline: Date.now() + 30_000 }, () => database.transact((tx) => fallDue(tx, date)));
  while ((await some()) === AT_ONCE);
};

/**
 * Once for each day of the enterprise: the look goes through every plan there is. What becomes overdue within a day, by
 * a refund or a due date that is past when it is written, is seen the next morning.
 */
export const overdueInstalments = ({ database, log }: { database: Database; log: Log }): Part => {
  let lookedOn = '';
  const work = async (): Promise<void> => {
    const date = today();
    if (date === lookedOn) return;
    await markOverdue(database, date);
    lookedOn = date;
  };
  return repeated({ name: 'overdue instalments', everyMs: LOOK_MS, log, work });
};
