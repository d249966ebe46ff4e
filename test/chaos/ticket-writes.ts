import { createCustomer } from './customer-writes.ts';
import { sendPublicForm } from './stranger-writes.ts';
import { change, changed, create, created, keep, tokenOf, type Writer } from './writer.ts';

/** The service desk is the administrator here: sellers raise no tickets. */
const atDesk = (writer: Writer): Writer => ({ ...writer, person: writer.admin });

export const createTicket = async (writer: Writer): Promise<void> => {
  if (!writer.customers.length) return createCustomer(writer);
  const name = tokenOf(writer);
  const ticket = { name, customerId: writer.random.pick(writer.customers).id };
  const made = await create(atDesk(writer), 'ticket create', '/v1/tickets', ticket, created('ticket', 'name', name));
  if (made) keep(writer.tickets, { id: made.id, version: made.version, ownerId: '' });
};

/** The first answer opens the ticket and ends the time until then: two records in one go. */
export const answerTicket = async (writer: Writer): Promise<void> => {
  if (!writer.tickets.length) return createTicket(writer);
  const ticket = writer.random.pick(writer.tickets);
  ticket.version = 0;
  const body = tokenOf(writer);
  const answer = { ticketId: ticket.id, kind: 'TICKET_MESSAGE_KIND_ANSWER', body };
  await create(atDesk(writer), 'ticket answer', '/v1/ticket-messages', answer, created('ticket_message', 'body', body));
};

/** Each is solved once and then left alone. */
export const solveTicket = async (writer: Writer): Promise<void> => {
  const ticket = writer.tickets.shift();
  if (!ticket) return createTicket(writer);
  const solution = tokenOf(writer);
  await change(
    atDesk(writer),
    'ticket solve',
    ticket,
    [changed('ticket', 'solution', solution)],
    ({ id, version }) =>
      writer.admin.ask('POST', `/v1/tickets/${id}:setState`, { state: 'TICKET_STATE_SOLVED', solution, version }),
    '/v1/tickets',
  );
};

/** A stranger asks for something on the page of a queue. */
export const sendRequest = (writer: Writer): Promise<void> =>
  sendPublicForm(writer, {
    kind: 'request send',
    at: `/v1/ticket-forms/${writer.request}`,
    opened: writer.asking,
    effect: (name) => created('ticket_submission', 'name', name),
    written: (subject) => ({ subject, description: subject, name: subject, email: `${subject}@example.com` }),
  });
