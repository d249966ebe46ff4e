import type { TicketMessageAdded } from '@pelagic/proto/crm/ticket/v1/ticket';
import type { Consumer } from '@pelagic/chassis/consumer';
import type { Tx } from '@pelagic/chassis/database';
import type { EventEnvelope } from '@pelagic/chassis/outbox';
import { isNews, notify } from './notify.ts';

/** The owner of a ticket hears of what its customer writes. */
export const tellCustomerWrote = async (tx: Tx, event: EventEnvelope, nowMs: number): Promise<void> => {
  const { ticketMessage, ticketOwnerId } = event.data as Partial<TicketMessageAdded>;
  if (ticketMessage?.kind !== 'TICKET_MESSAGE_KIND_CUSTOMER' || !ticketOwnerId) return;
  if (event.imported || !isNews(event.time, nowMs)) return;
  await notify(tx, {
    employeeId: ticketOwnerId,
    kind: 'NOTIFICATION_KIND_CUSTOMER_WROTE',
    cause: ticketMessage.id,
    recordNoun: 'ticket',
    recordId: ticketMessage.ticketId,
    actorId: undefined,
  });
};

export const customerWroteConsumer: Consumer = {
  name: 'office_ticket-messages',
  from: 'ticket',
  subjects: ['crm.ticket.ticket_message.>'],
  react: (tx, event) => tellCustomerWrote(tx, event, Date.now()),
};
