import { serviceCaller } from '@pelagic/chassis/caller';
import { applyChange } from '@pelagic/capabilities/record/records';
import { repeated } from '@pelagic/capabilities/repeated/repeated';
import { runIn } from '@pelagic/chassis/context';
import type { Database, Tx } from '@pelagic/chassis/database';
import type { Log } from '@pelagic/chassis/log';
import type { Part } from '@pelagic/chassis/service';
import { sql } from 'kysely';
import { ticket, type TicketRow } from './ticket.ts';

/** How late a ticket may become late. */
const LOOK_MS = 5_000;
/** Tickets of one transaction. */
const AT_ONCE = 200;

const fallDue = async (tx: Tx): Promise<number> => {
  const { rows } = await sql<TicketRow>`
    select * from ticket where delete_time is null and not late and running_since is not null and due_time < now()
    order by due_time, id limit ${AT_ONCE} for update skip locked`.execute(tx.sql);
  for (const row of rows)
    await applyChange<TicketRow>(tx, ticket, row, { verb: 'fell_due' }, (draft) => void (draft.late = true));
  return rows.length;
};

/** Marks what was not solved when it was due, once for each promise, with the event that tells of it. Two replicas at once do it once. */
export const markLate = async (database: Database): Promise<void> => {
  const caller = serviceCaller('ticket');
  const some = () => runIn({ caller, deadline: Date.now() + 30_000 }, () => database.transact(fallDue));
  while ((await some()) === AT_ONCE);
};

export const lateTickets = ({ database, log }: { database: Database; log: Log }): Part =>
  repeated({ name: 'late tickets', everyMs: LOOK_MS, log, work: () => markLate(database) });
