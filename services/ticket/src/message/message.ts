import type { TicketMessage } from '@pelagic/proto/crm/ticket/v1/ticket';
import { defineNoun } from '@pelagic/capabilities/record/noun';
import type { Message, Row } from '@pelagic/capabilities/record/mapping';
import { newFields } from '@pelagic/capabilities/record/fields';
import { listRecords } from '@pelagic/capabilities/record/list';
import { applyChange, getRecord, insertRecord, lockRecord, type RecordRow } from '@pelagic/capabilities/record/records';
import { tidyText } from '@pelagic/capabilities/record/tidy';
import { may, visible } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import { now } from '@pelagic/chassis/clock';
import type { Tx } from '@pelagic/chassis/database';
import { invalidField } from '@pelagic/chassis/problem';
import { sql, type Kysely } from 'kysely';
import { tellAnswered } from '../follow/letters.ts';
import { instantOf, minutesBetween } from '../ticket/due-clock.ts';
import { workingTimeOf } from '../ticket/move-ticket.ts';
import { refuseEnded, ticket, type TicketRow } from '../ticket/ticket.ts';
import type { TicketService } from '../ticket-service.ts';

export type MessageRow = RecordRow & { ticket_id: string; kind: string; body: string; file_ids?: string[] };

/** Seen with the ticket that it was said on. */
export const message = defineNoun({
  noun: 'ticket_message',
  search: { open: ['body'], guarded: [] },
  reach: (caller, action, table) => {
    const permission = action === 'read' ? 'ticket.read' : 'ticket.update';
    if (!may(caller, permission)) return sql<boolean>`false`;
    return sql<boolean>`exists (select from ticket where ticket.id = ${sql.ref(`${table}.ticket_id`)}
      and ${visible(caller, permission, { noun: 'ticket', table: 'ticket' })})`;
  },
});

export const messageOf = (row: MessageRow): TicketMessage =>
  message.mapping.toMessage(row as unknown as Row) as unknown as TicketMessage;

/** What the ticket is after its customer was answered: open, and with the time that the first answer took. */
const answered = async (service: TicketService, tx: Tx, row: TicketRow): Promise<void> => {
  const at = now();
  if (row.state === 'TICKET_STATE_NEW') row.state = 'TICKET_STATE_OPEN';
  if (row.first_answer_time) return;
  const time = await workingTimeOf(service, tx, row);
  row.first_answer_time = at.toISOString();
  row.first_answer_minutes = minutesBetween(time, instantOf(row.create_time), at);
};

/** Beside each message its event says whose ticket it is about. */
export const ownerOf = ({ owner_id }: TicketRow): Row => (owner_id ? { ticketOwnerId: owner_id } : {});

/** Answers the customer or notes something, in one transaction with what that does to the ticket. */
export const addMessage = async (
  service: TicketService,
  tx: Tx,
  asked: TicketMessage,
  caller: Caller,
): Promise<MessageRow> => {
  const locked = await lockRecord<TicketRow>(tx, ticket, asked.ticketId, caller, { action: 'update' });
  const row = (await newFields(tx, message, asked as unknown as Message, caller)) as unknown as MessageRow;
  if (row.kind === 'TICKET_MESSAGE_KIND_CUSTOMER')
    throw invalidField('ticketMessage.kind', 'UNKNOWN_VALUE', 'Only the customer speaks for the customer.');
  row.body = tidyText(row.body, 'ticketMessage.body');
  const answers = row.kind === 'TICKET_MESSAGE_KIND_ANSWER';
  if (answers) refuseEnded(locked);
  for (const [index, fileId] of (row.file_ids ?? []).entries())
    await service.attach(tx, locked.id, fileId, caller, `ticketMessage.fileIds[${index}]`);
  const added = await insertRecord<MessageRow>(tx, message, row as unknown as Row, caller, 'added', ownerOf(locked));
  if (answers) {
    const verb = locked.state === 'TICKET_STATE_NEW' ? 'state_changed' : 'updated';
    const after = await applyChange(tx, ticket, locked, { verb }, (draft) => answered(service, tx, draft));
    await tellAnswered(service, tx, after, added, caller);
  }
  return added;
};

/** What was said on a ticket that the caller may see, the newest first. */
export const listMessages = async (
  db: Kysely<any>,
  { ticketId, pageSize, pageToken }: { ticketId: string; pageSize: number; pageToken: string },
  caller: Caller,
): Promise<{ ticketMessages: TicketMessage[]; nextPageToken: string }> => {
  await getRecord(db, ticket, ticketId, caller);
  const page = { pageSize, pageToken, orderBy: '', query: '', deleted: false, count: false };
  const asked = { ...page, filter: `ticket_id = "${ticketId}"` };
  const { rows, nextPageToken } = await listRecords<MessageRow>(db, message, asked, caller);
  return { ticketMessages: rows.map(messageOf), nextPageToken };
};
