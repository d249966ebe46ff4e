import type { TicketSubmission } from '@pelagic/proto/crm/ticket/v1/ticket_form';
import type { Intake, SubmissionRow as Sent } from '@pelagic/capabilities/public-form/intake';
import { defineNoun } from '@pelagic/capabilities/record/noun';
import type { Row } from '@pelagic/capabilities/record/mapping';
import { may } from '@pelagic/chassis/access';
import { serviceCaller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import type { Queue } from '@pelagic/chassis/queue';
import { sql } from 'kysely';
import { tellRaised } from '../follow/letters.ts';
import { findQueue } from '../queue/queue.ts';
import type { TicketService } from '../ticket-service.ts';
import { settleKinds, type TicketRow } from '../ticket/ticket.ts';
import { enterTicket } from '../ticket/write-ticket.ts';
import { MATCH_QUEUE } from './match-requester.ts';

export type SubmissionRow = Sent & {
  queue_id: string;
  number: string;
  name: string;
  description: string;
  type: string;
  requester_name: string;
  requester_phone: string;
  requester_email: string;
  requester_locale: string;
  department_id: string;
  ticket_id: string;
};

/** What was sent in is everybody's who decides on it: a permission, and not a matter of whose it is. */
export const submission = defineNoun({
  noun: 'ticket_submission',
  search: { open: ['name', 'number', 'requester_name'], guarded: [] },
  reach: (caller) => (may(caller, 'ticket_submission.review') ? sql<boolean>`true` : sql<boolean>`false`),
});

export const submissionMessage = (row: SubmissionRow): TicketSubmission =>
  submission.mapping.toMessage(row as unknown as Row) as unknown as TicketSubmission;

/** The ticket that it becomes, under the id whose link its sender has. Its clock runs from now on. */
const becomeTicket = async (service: TicketService, queue: Queue, tx: Tx, row: SubmissionRow): Promise<void> => {
  const { ticket_id: id, number, name, description, type } = row;
  const { requester_name, requester_phone, requester_email, requester_locale } = row;
  const requester = { requester_name, requester_phone, requester_email, requester_locale };
  const values = { id, number, name, description, type, ...requester, channel: 'TICKET_CHANNEL_FORM' };
  const ticket = { ...values, priority: 'TICKET_PRIORITY_NORMAL' } as TicketRow;
  settleKinds(ticket);
  const caller = serviceCaller('ticket');
  // Also when the queue takes no new tickets any more: this one was sent while it did.
  const waitsIn = await findQueue(tx.sql, row.queue_id);
  const raised = await enterTicket(service, tx, ticket, { queue: waitsIn!, owner: undefined }, caller);
  await tellRaised(service, tx, raised, caller);
  await queue.send(tx, MATCH_QUEUE, { id }, { key: id });
};

export const submissionsOf = (service: TicketService, queue: () => Queue): Intake<SubmissionRow> => ({
  noun: submission,
  form: 'queue_id',
  floods: 'ticket_flood',
  prefix: 'TICKET_SUBMISSION_STATE',
  accept: (tx, row) => becomeTicket(service, queue(), tx, row),
});
