import { serviceCaller } from '@pelagic/chassis/caller';
import type { Consumer } from '@pelagic/chassis/consumer';
import { runIn } from '@pelagic/chassis/context';
import type { Database, Tx } from '@pelagic/chassis/database';
import type { EventEnvelope } from '@pelagic/chassis/outbox';
import type { Queue, Work } from '@pelagic/chassis/queue';
import { step } from '@pelagic/chassis/steps';
import { sql, type RawBuilder } from 'kysely';
import { isoTime } from '../record/mapping.ts';
import type { Noun } from '../record/noun.ts';
import { applyChange, type RecordRow } from '../record/records.ts';

/**
 * A noun whose records go to the department that their owner moves to; `only` says which on the day of the move, all of them when absent.
 * `verb` of the event, `assigned` when absent.
 */
export type Following = { noun: Noun; only?: () => RawBuilder<boolean>; verb?: string };

type Options = {
  service: string;
  database: Database;
  nouns: Following[];
  queue: () => Pick<Queue, 'send'>;
  /** Records changed in one transaction. */
  batchSize?: number;
};

type Moved = { employee: { id: string; departmentId: string }; recordsFollow?: boolean };
type Target = { department_id: string; move_time: string; done: boolean };
type OwnedRow = RecordRow & { owner_id: string | null; department_id: string | null };

const QUEUE = 'follow-owner';
const BATCH_SIZE = 100;
const BATCH_MS = 60_000;
const REASON = 'The owner moved to another department.';

/** The work of one batch, done as the service, at the time of the move: events tell of that day. */
const asOf = <T>(service: string, moveTime: string, work: () => Promise<T>): Promise<T> => {
  const caller = { ...serviceCaller(service), clock: new Date(isoTime(moveTime)) };
  return runIn({ caller, deadline: Date.now() + BATCH_MS }, work);
};

/** Apart, since living records and those of the recycle bin have indexes of their own. What comes out of the bin is seen where its owner sits. */
const PLACES = [sql<boolean>`delete_time is null`, sql<boolean>`delete_time is not null`];

/** Locked, so that they are still theirs when they move. */
const ownedElsewhere = async (
  tx: Tx,
  { noun, only }: Following,
  employeeId: string,
  departmentId: string,
  limit: number,
): Promise<OwnedRow[]> => {
  for (const place of PLACES) {
    const { rows } = await sql<OwnedRow>`
      select * from ${sql.table(noun.table)}
      where owner_id = ${employeeId} and department_id is distinct from ${departmentId}::uuid and ${place} and ${only?.() ?? sql`true`}
      order by id limit ${limit} for update`.execute(tx.sql);
    if (rows.length) return rows;
  }
  return [];
};

/**
 * Records follow their owner: when identity tells that somebody moved and takes their records along, every record that
 * they own gets the new department, each by the event that any change of its owner or department has. Resumable:
 * what went is no longer found, and the newest move decides where the rest goes.
 */
export const followOwner = ({
  service,
  database,
  nouns,
  queue,
  batchSize = BATCH_SIZE,
}: Options): { consumer: Consumer; work: Work<{ employeeId: string }> } => {
  const react = async (tx: Tx, event: EventEnvelope): Promise<void> => {
    const { employee, recordsFollow } = event.data as unknown as Moved;
    if (!recordsFollow) return;
    const { rows } = await sql`
      insert into follow_owner (employee_id, version, department_id, move_time) values (${employee.id}, ${Number(event.sequence)}, ${employee.departmentId}, ${event.time})
      on conflict (employee_id) do update set version = excluded.version, department_id = excluded.department_id, move_time = excluded.move_time, done = false
      where follow_owner.version < excluded.version returning employee_id`.execute(tx.sql);
    if (rows.length) await queue().send(tx, QUEUE, { employeeId: employee.id });
  };

  const takeAlong = async (
    tx: Tx,
    employeeId: string,
    { department_id: departmentId, move_time: moveTime }: Target,
  ): Promise<number> => {
    for (const following of nouns) {
      const rows = await asOf(service, moveTime, () =>
        ownedElsewhere(tx, following, employeeId, departmentId, batchSize),
      );
      const change = { verb: following.verb ?? 'assigned', reason: REASON };
      for (const row of rows)
        await asOf(service, moveTime, () =>
          applyChange(tx, following.noun, row, change, (draft) => {
            draft.department_id = departmentId;
          }),
        );
      if (rows.length) return rows.length;
    }
    return 0;
  };

  /** One batch; true when there may be more. */
  const batch = (employeeId: string): Promise<boolean> =>
    database.transact(async (tx) => {
      const { rows } =
        await sql<Target>`select department_id, move_time, done from follow_owner where employee_id = ${employeeId} for update`.execute(
          tx.sql,
        );
      const [target] = rows;
      if (!target || target.done) return false;
      if (await takeAlong(tx, employeeId, target)) return true;
      await sql`update follow_owner set done = true where employee_id = ${employeeId}`.execute(tx.sql);
      return false;
    });

  return {
    consumer: { name: `${service}_${QUEUE}`, from: 'identity', subjects: ['crm.identity.employee.moved.v1'], react },
    work: {
      queue: QUEUE,
      run: async ({ employeeId }, signal) => {
        while (!signal.aborted && (await batch(employeeId))) await step('follow-owner.batch');
      },
    },
  };
};
