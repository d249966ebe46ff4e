import { QueueServiceService, type Queue } from '@pelagic/proto/crm/ticket/v1/queue';
import type { Row } from '@pelagic/capabilities/record/mapping';
import { changeRecord, getRecord, insertRecord } from '@pelagic/capabilities/record/records';
import type { Caller } from '@pelagic/chassis/caller';
import { brokenConstraint, type Tx } from '@pelagic/chassis/database';
import { once } from '@pelagic/chassis/once';
import { invalidField, Problem } from '@pelagic/chassis/problem';
import type { Handlers } from '@pelagic/chassis/rpc';
import { sql } from 'kysely';
import type { TicketService } from '../ticket-service.ts';
import { giveAddress, queue, queueMessage, writeQueue, type QueueRow } from './queue.ts';

/** People look at queues one by one. */
const QUEUES_MAX = 200;

type Keeps = Pick<TicketService, 'calendars'>;

const named = async <T>(work: Promise<T>): Promise<T> => {
  try {
    return await work;
  } catch (error) {
    if (brokenConstraint(error) !== 'queue_name') throw error;
    const message = 'A queue of this name exists already.';
    throw new Problem('ALREADY_EXISTS', 'DUPLICATE', message, {
      fields: [{ field: 'queue.name', reason: 'DUPLICATE', message }],
    });
  }
};

/** What the queue newly refers to is there and in use. */
const checkReferences = async (
  { calendars }: Keeps,
  tx: Tx,
  row: Pick<QueueRow, 'department_id' | 'calendar_id'>,
  before?: QueueRow,
): Promise<void> => {
  if (!row.department_id) throw invalidField('queue.departmentId', 'REQUIRED', 'Say whose tickets wait in this queue.');
  if (row.calendar_id && row.calendar_id !== before?.calendar_id)
    await calendars.check(tx, row.calendar_id, 'queue.calendarId');
  if (row.department_id === before?.department_id) return;
  const { rows } =
    await sql`select from directory_department where id = ${row.department_id} and closed_date is null`.execute(tx.sql);
  if (!rows.length) throw invalidField('queue.departmentId', 'UNKNOWN_DEPARTMENT', 'There is no such department.');
};

export const createQueue = async (service: Keeps, tx: Tx, message: Queue, caller: Caller): Promise<QueueRow> => {
  const written = writeQueue(message, message.departmentId || caller.grants?.departmentId || '');
  const columns = { ...written, public_key: null, form_secret: '' };
  giveAddress(columns);
  await checkReferences(service, tx, columns);
  return named(insertRecord<QueueRow>(tx, queue, columns as unknown as Row, caller));
};

const updateQueue = (service: Keeps, tx: Tx, id: string, message: Queue, caller: Caller): Promise<QueueRow> =>
  named(
    changeRecord<QueueRow>(
      tx,
      queue,
      id,
      caller,
      { action: 'manage', verb: 'updated', version: message.version },
      async (row) => {
        const before = { ...row };
        Object.assign(row, writeQueue(message, message.departmentId || before.department_id));
        giveAddress(row);
        await checkReferences(service, tx, row, before);
      },
    ),
  );

export const queueHandlers = (service: TicketService): Handlers<QueueServiceService> => {
  const { database } = service;
  const answer = async (row: Promise<QueueRow>) => ({ queue: queueMessage(await row) });
  return {
    createQueue: (request, caller) =>
      database.transact((tx) =>
        once(tx, caller, QueueServiceService.createQueue, request, () =>
          answer(createQueue(service, tx, request.queue!, caller)),
        ),
      ),
    updateQueue: ({ id, queue: message }, caller) =>
      answer(database.transact((tx) => updateQueue(service, tx, id, message!, caller))),
    getQueue: ({ id }, caller) => answer(getRecord<QueueRow>(database.sql, queue, id, caller)),
    listQueues: async ({ includeInactive }) => {
      const { rows } = await sql<QueueRow>`
        select * from queue where active or ${includeInactive} order by active desc, lower(name) limit ${QUEUES_MAX}`.execute(
        database.sql,
      );
      return { queues: rows.map(queueMessage) };
    },
  };
};
