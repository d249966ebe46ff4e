import type { Ticket } from '@pelagic/proto/crm/ticket/v1/ticket';
import type { BulkTarget } from '@pelagic/capabilities/job/bulk-target';
import type { ImportTarget, Lookup } from '@pelagic/capabilities/job/import-target';
import { applyChange, deleteRecord, lockRecord } from '@pelagic/capabilities/record/records';
import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import { invalidField } from '@pelagic/chassis/problem';
import { sql } from 'kysely';
import { customersNamed } from '../customer/customer.ts';
import type { TicketService } from '../ticket-service.ts';
import { instantOf } from './due-clock.ts';
import { moveTicket, workingTimeOf } from './move-ticket.ts';
import { checkRequester } from './ticket.handlers.ts';
import { isOver, ticket, type TicketRow, type TicketState } from './ticket.ts';
import { CHANNELS, PRIORITIES, STATES, TYPES } from './ticket.wordings.ts';
import { assignTicket, bringBackTicket, createTicket, updateTicket } from './write-ticket.ts';

const asTicket = (message: object): Ticket => message as unknown as Ticket;

const byCustomer: Lookup = (text, { tx, caller }) => customersNamed(tx.sql, caller, text);

const byQueue: Lookup = async (text, { tx, history }) => {
  const wanted = text.trim().toLowerCase();
  const { rows } = await sql<{ id: string; name: string }>`
    select id, name from queue where lower(name) = ${wanted} and (active or ${history})`.execute(tx.sql);
  return rows;
};

const find = async (tx: Tx, keys: { kind: string; value: string }[]): Promise<string[]> => {
  const ids = keys.filter(({ kind }) => kind === 'external').map(({ value }) => value);
  const { rows } = await sql<{ id: string }>`
    select id from ticket where delete_time is null and external_id <> '' and external_id = any(${ids}::text[]) limit 10`.execute(
    tx.sql,
  );
  return rows.map(({ id }) => id);
};

/** What history says of where a ticket stood, and since when. */
const PLACE = new Set(['state', 'solveTime', 'createTime']);

/** Puts a new ticket of the past where it stood: solved when the file says so. */
const place = async (
  service: TicketService,
  tx: Tx,
  row: TicketRow,
  message: Ticket,
  caller: Caller,
): Promise<void> => {
  const state = message.state as string;
  if (!caller.imported || state === 'TICKET_STATE_UNSPECIFIED' || state === row.state) return;
  const ends = state === 'TICKET_STATE_SOLVED' || state === 'TICKET_STATE_CLOSED';
  if (ends && !message.solveTime)
    throw invalidField('ticket.solveTime', 'REQUIRED', 'A ticket that was solved has a time at which it was.');
  const at = message.solveTime ? new Date(message.solveTime) : instantOf(row.create_time);
  if (at > new Date() || at < instantOf(row.create_time))
    throw invalidField(
      'ticket.solveTime',
      'SOLVED_OUT_OF_TIME',
      'It was solved after it was raised, and not after today.',
    );
  const time = await workingTimeOf(service, tx, row);
  await applyChange(tx, ticket, row, { verb: ends ? 'solved' : 'state_changed' }, (draft) => {
    if (ends) moveTicket(draft, 'TICKET_STATE_SOLVED', time, at);
    moveTicket(draft, state as TicketState, time, at);
  });
};

/** Tickets as files bring them, known by the id they were imported with. */
export const ticketImport = (service: TicketService): ImportTarget => ({
  noun: 'ticket',
  fields: [
    {
      field: 'name',
      labels: { zh: ['主题', '标题', '工单', '工单标题'], en: ['Subject', 'Ticket', 'Title'] },
      required: true,
    },
    { field: 'description', labels: { zh: ['描述', '问题描述'], en: ['Description'] } },
    { field: 'customerId', lookup: byCustomer },
    { field: 'type', labels: { zh: ['类型', '工单类型'], en: ['Type'] }, words: TYPES },
    { field: 'priority', labels: { zh: ['优先级'], en: ['Priority'] }, words: PRIORITIES },
    { field: 'queueId', labels: { zh: ['队列'], en: ['Queue'] }, lookup: byQueue },
    { field: 'channel', labels: { zh: ['渠道'], en: ['Channel'] }, words: CHANNELS },
    { field: 'ownerId' },
    { field: 'requesterName', labels: { zh: ['提出人姓名'], en: ['Requester'] } },
    { field: 'requesterPhone', labels: { zh: ['提出人电话'], en: ['Requester phone'] } },
    { field: 'requesterEmail', labels: { zh: ['提出人邮箱'], en: ['Requester email'] } },
    { field: 'cause', labels: { zh: ['原因'], en: ['Cause'] } },
    { field: 'solution', labels: { zh: ['解决方案'], en: ['Solution'] } },
    { field: 'state', history: true, words: STATES },
    { field: 'solveTime', history: true, labels: { zh: ['解决时间'], en: ['Solved'] } },
    { field: 'createTime', history: true },
    { field: 'externalId', matchKey: true },
  ],
  keys: () => [],
  keyFields: {},
  find,
  findsMany: true,
  create: async (tx, message, caller) => {
    const row = await createTicket(service, tx, asTicket(message), caller);
    await place(service, tx, row, asTicket(message), caller);
    return row.id;
  },
  update: async (tx, id, message, mask, caller) => {
    const written = mask.filter((path) => path !== 'ownerId' && !PLACE.has(path));
    // A file says what a ticket is about, also when it is over; it moves none.
    const { state } = await lockRecord<TicketRow>(tx, ticket, id, caller, { action: 'update' });
    if (written.length && !(caller.imported && isOver({ state })))
      await updateTicket(service, tx, id, asTicket({ ...message, version: 0 }), written, caller);
    if (mask.includes('ownerId')) await assignTicket(service, tx, id, asTicket(message).ownerId, caller);
  },
});

/** Tickets as bulk edits and transfers change them, each by itself. */
export const ticketBulk = (service: TicketService): BulkTarget => ({
  noun: ticket,
  update: async (tx, { id, version, caller }, message, mask) => {
    await checkRequester(service, id, asTicket(message), mask, caller);
    return updateTicket(service, tx, id, asTicket({ ...message, version }), mask, caller);
  },
  assign: (tx, { id, version, caller, deleted = false }, ownerId, reason) =>
    assignTicket(service, tx, id, ownerId, caller, { version, reason, deleted }),
  delete: (tx, { id, version, caller }) => deleteRecord<TicketRow>(tx, ticket, id, caller, version),
  undelete: (tx, { id, caller }, ownerId) => bringBackTicket(service, tx, id, ownerId, caller),
});
