import type { Ticket } from '@pelagic/proto/crm/ticket/v1/ticket';
import { newFields, writeFields } from '@pelagic/capabilities/record/fields';
import type { Message, Row } from '@pelagic/capabilities/record/mapping';
import { ownerOf } from '@pelagic/capabilities/record/owner';
import { applyChange, changeRecord, insertRecord, lockRecord, need } from '@pelagic/capabilities/record/records';
import { restoreOwned } from '@pelagic/capabilities/record/restore';
import type { Caller } from '@pelagic/chassis/caller';
import { now } from '@pelagic/chassis/clock';
import type { Tx } from '@pelagic/chassis/database';
import { refused, stale } from '@pelagic/chassis/problem';
import { checkCustomer } from '../customer/customer.ts';
import { findQueue, queueForNew, targetOf, type QueueRow } from '../queue/queue.ts';
import type { TicketService } from '../ticket-service.ts';
import { retarget, startClock } from './due-clock.ts';
import { workingTimeOf } from './move-ticket.ts';
import { giveTicket, isOver, refuseEnded, ticket, tidyTicket, type TicketRow } from './ticket.ts';

/** Whoever would lose a ticket out of sight once it waits in its queue keeps it: would they see it there? */
const seesQueueOf = ({ kind, grants }: Caller, departmentId: string): boolean =>
  kind !== 'employee' ||
  !!grants?.permissions
    .get('ticket.read')
    ?.some(
      (scope) =>
        scope === 'ALL' ||
        (scope === 'DEPARTMENT' && grants.departmentIds.includes(departmentId)) ||
        (scope === 'DEPARTMENT_AND_BELOW' && grants.departmentAndBelowIds.includes(departmentId)),
    );

const NEW = {
  state: 'TICKET_STATE_NEW',
  worked_minutes: 0,
  running_since: null,
  due_time: null,
  remaining_minutes: null,
  late: false,
  first_answer_time: null,
  first_answer_minutes: null,
  solve_time: null,
  solve_minutes: null,
  reopen_count: 0,
} as const;

type Place = { queue: QueueRow; owner: { id: string; departmentId: string } | undefined };

/** Puts a ticket where it waits or is worked on; its clock runs from the beginning. */
export const enterTicket = async (
  service: TicketService,
  tx: Tx,
  row: TicketRow,
  { queue, owner }: Place,
  caller: Caller,
): Promise<TicketRow> => {
  Object.assign(row, NEW, { queue_id: queue.id, target_minutes: targetOf(queue, row.priority) });
  giveTicket(row, owner, queue.department_id);
  startClock(row, await service.calendars.of(tx.sql, queue.calendar_id), now());
  return insertRecord<TicketRow>(tx, ticket, row as unknown as Row, caller);
};

/** Raises a ticket: for the importer and the handler alike. */
export const createTicket = async (
  service: TicketService,
  tx: Tx,
  message: Ticket,
  caller: Caller,
): Promise<TicketRow> => {
  const row = (await newFields(tx, ticket, message as unknown as Message, caller)) as unknown as TicketRow;
  tidyTicket(row);
  if (row.customer_id) await checkCustomer(service.customers, tx, row.customer_id);
  const queue = await queueForNew(tx.sql, message.queueId, caller.imported ?? false);
  const ownerId = message.ownerId || (seesQueueOf(caller, queue.department_id) ? '' : caller.id);
  if (ownerId && ownerId !== caller.id) need(caller, 'ticket.assign');
  const owner = ownerId ? await ownerOf(service.directory, tx, ownerId, 'ticket.ownerId', caller) : undefined;
  row.number = await service.number('ticket');
  return enterTicket(service, tx, row, { queue, owner }, caller);
};

/** Another queue or priority is another promise, from the calendar of the queue; what is over keeps the one that it had. */
const settleTarget = async (
  service: TicketService,
  tx: Tx,
  row: TicketRow,
  before: TicketRow,
  imported: boolean,
): Promise<void> => {
  const moved = row.queue_id !== before.queue_id;
  if (!moved && row.priority === before.priority) return;
  const queue = moved ? await queueForNew(tx.sql, row.queue_id, imported) : await findQueue(tx.sql, row.queue_id);
  if (moved && !row.owner_id) row.department_id = queue!.department_id;
  if (isOver(row)) return;
  const times = { before: await workingTimeOf(service, tx, before), after: await workingTimeOf(service, tx, row) };
  retarget(row, targetOf(queue!, row.priority), times, now());
};

/** Writes fields of a ticket under its rules: for bulk edits, the importer and the handler alike. */
export const updateTicket = (
  service: TicketService,
  tx: Tx,
  id: string,
  message: Ticket,
  mask: string[],
  caller: Caller,
): Promise<TicketRow> =>
  changeRecord<TicketRow>(
    tx,
    ticket,
    id,
    caller,
    { action: 'update', verb: 'updated', version: message.version },
    async (row) => {
      refuseEnded(row);
      const before = structuredClone(row);
      await writeFields(tx, ticket, row as unknown as Row, message as unknown as Message, caller, mask);
      // An empty queue is no queue: the ticket stays where it is.
      row.queue_id ||= before.queue_id;
      tidyTicket(row);
      if (row.customer_id && row.customer_id !== before.customer_id)
        await checkCustomer(service.customers, tx, row.customer_id);
      await settleTarget(service, tx, row, before, caller.imported ?? false);
    },
  );

const queueDepartment = async (tx: Tx, { queue_id }: TicketRow): Promise<string> =>
  (await findQueue(tx.sql, queue_id))!.department_id;

/** Gives a ticket to somebody, or back into its queue. */
export const assignTicket = async (
  { directory }: TicketService,
  tx: Tx,
  id: string,
  ownerId: string | undefined,
  caller: Caller,
  { version = 0, reason = '', deleted = false } = {},
): Promise<TicketRow> => {
  const owner = ownerId ? await ownerOf(directory, tx, ownerId, 'ownerId', caller) : undefined;
  return changeRecord<TicketRow>(
    tx,
    ticket,
    id,
    caller,
    { action: 'assign', verb: 'assigned', version, reason, deleted },
    async (row) => giveTicket(row, owner, await queueDepartment(tx, row)),
  );
};

/** Takes a ticket that nobody has. Of two people at once the second finds it taken. */
export const claimTicket = async (
  { directory }: TicketService,
  tx: Tx,
  id: string,
  caller: Caller,
  version: number,
): Promise<TicketRow> => {
  const owner = await ownerOf(directory, tx, caller.id, 'id', caller);
  const locked = await lockRecord<TicketRow>(tx, ticket, id, caller, { action: 'update' });
  if (version && version !== locked.version) throw stale('ticket', locked.version);
  if (locked.owner_id === caller.id) return locked;
  if (locked.owner_id) {
    const name = (await directory.employee(locked.owner_id))?.name ?? '';
    throw refused('TICKET_TAKEN', 'Somebody else has this ticket already.', { params: { name } });
  }
  refuseEnded(locked);
  return applyChange(tx, ticket, locked, { verb: 'assigned' }, (row) => {
    giveTicket(row, owner, row.department_id);
    // The clock of a new ticket runs already.
    if (row.state === 'TICKET_STATE_NEW') row.state = 'TICKET_STATE_OPEN';
  });
};

/** Out of the recycle bin. What ended stays with whose it was, also when they have left. */
export const bringBackTicket = (
  { directory }: TicketService,
  tx: Tx,
  id: string,
  ownerId: string | undefined,
  caller: Caller,
): Promise<TicketRow> =>
  restoreOwned<TicketRow>(tx, ticket, id, caller, {
    directory,
    ownerId,
    give: (row, owner) => giveTicket(row, owner, row.department_id),
    open: (row) => !isOver(row),
  });
