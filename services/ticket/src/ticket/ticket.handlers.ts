import { TicketServiceService, type Ticket } from '@pelagic/proto/crm/ticket/v1/ticket';
import { listRecords } from '@pelagic/capabilities/record/list';
import { deleteRecord, getRecord } from '@pelagic/capabilities/record/records';
import { shareRecord } from '@pelagic/capabilities/record/shares';
import type { Caller } from '@pelagic/chassis/caller';
import { once } from '@pelagic/chassis/once';
import type { Handlers } from '@pelagic/chassis/rpc';
import { requesterOf } from '../customer/customer.ts';
import { addMessage, listMessages, messageOf } from '../message/message.ts';
import type { TicketService } from '../ticket-service.ts';
import { setTicketState } from './move-ticket.ts';
import { ticket, ticketMessage, type TicketRow } from './ticket.ts';
import { assignTicket, bringBackTicket, claimTicket, createTicket, updateTicket } from './write-ticket.ts';

/** Of a new ticket the customer is that of the contact when none is named. */
const withRequester = async ({ customers }: TicketService, message: Ticket, caller: Caller): Promise<Ticket> => ({
  ...message,
  customerId: await requesterOf(customers, caller, message),
});

/** A contact that is written is one of the customer that the ticket has then. */
export const checkRequester = async (
  { customers, database }: TicketService,
  id: string,
  message: Ticket,
  mask: string[],
  caller: Caller,
): Promise<void> => {
  const names = (...paths: string[]) => !mask.length || mask.some((path) => paths.includes(path));
  const [customer, contact] = [names('customerId', 'customer_id'), names('contactId', 'contact_id')];
  if (!customer && !(contact && message.contactId)) return;
  const stored = await getRecord<TicketRow>(database.sql, ticket, id, caller);
  const customerId = customer ? message.customerId : (stored.customer_id ?? undefined);
  const contactId = contact ? message.contactId : (stored.contact_id ?? undefined);
  const same = customerId === (stored.customer_id ?? undefined) && contactId === (stored.contact_id ?? undefined);
  if (!same) await requesterOf(customers, caller, { customerId, contactId });
};

export const ticketHandlers = (service: TicketService): Handlers<TicketServiceService> => {
  const { database } = service;
  const answer = async (row: Promise<TicketRow>) => ({ ticket: ticketMessage(await row) });
  return {
    createTicket: async (request, caller) => {
      const message = await withRequester(service, request.ticket!, caller);
      return (request.validateOnly ? database.rehearse : database.transact)((tx) =>
        once(tx, caller, TicketServiceService.createTicket, request, () =>
          answer(createTicket(service, tx, message, caller)),
        ),
      );
    },
    getTicket: ({ id }, caller) => answer(getRecord<TicketRow>(database.sql, ticket, id, caller)),
    listTickets: async (request, caller) => {
      const { rows, ...page } = await listRecords<TicketRow>(database.sql, ticket, request, caller);
      return { tickets: rows.map(ticketMessage), ...page };
    },
    updateTicket: async ({ id, ticket: message, updateMask }, caller) => {
      await checkRequester(service, id, message!, updateMask ?? [], caller);
      return answer(database.transact((tx) => updateTicket(service, tx, id, message!, updateMask ?? [], caller)));
    },
    assignTicket: ({ id, ownerId, version, reason }, caller) =>
      answer(database.transact((tx) => assignTicket(service, tx, id, ownerId, caller, { version, reason }))),
    setTicketState: (request, caller) =>
      answer(database.transact((tx) => setTicketState(service, tx, request, caller))),
    shareTicket: ({ id, shares, version }, caller) =>
      answer(database.transact((tx) => shareRecord<TicketRow>(service, tx, ticket, id, caller, { shares, version }))),
    claimTicket: ({ id, version }, caller) =>
      answer(database.transact((tx) => claimTicket(service, tx, id, caller, version))),
    addTicketMessage: (request, caller) =>
      database.transact((tx) =>
        once(tx, caller, TicketServiceService.addTicketMessage, request, async () => ({
          ticketMessage: messageOf(await addMessage(service, tx, request.ticketMessage!, caller)),
        })),
      ),
    listTicketMessages: (request, caller) => listMessages(database.sql, request, caller),
    deleteTicket: async ({ id, version }, caller) => {
      await database.transact((tx) => deleteRecord<TicketRow>(tx, ticket, id, caller, version));
      return {};
    },
    undeleteTicket: ({ id, ownerId }, caller) =>
      answer(database.transact((tx) => bringBackTicket(service, tx, id, ownerId, caller))),
  };
};
