import type { Ticket } from '@pelagic/proto/crm/ticket/v1/ticket';
import { queryable } from '@pelagic/chassis/access';
import { refused } from '@pelagic/chassis/problem';
import { defineNoun, type Noun } from '@pelagic/capabilities/record/noun';
import type { Row } from '@pelagic/capabilities/record/mapping';
import type { RecordRow } from '@pelagic/capabilities/record/records';
import { normalizeEmail, normalizePhone } from '@pelagic/capabilities/record/reachable';
import { tidyName } from '@pelagic/capabilities/record/tidy';
import { sql } from 'kysely';
import { customerName, ofCustomerNamed } from '../customer/customer.ts';

export type TicketState =
  `TICKET_STATE_${'NEW' | 'OPEN' | 'PENDING_CUSTOMER' | 'PENDING_THIRD_PARTY' | 'ON_HOLD' | 'SOLVED' | 'CLOSED' | 'CANCELLED'}`;

export type TicketRow = RecordRow & {
  number: string;
  name: string;
  description: string;
  customer_id: string | null;
  contact_id: string | null;
  type: string;
  priority: string;
  queue_id: string;
  channel: string;
  state: TicketState;
  owner_id: string | null;
  department_id: string;
  target_minutes: number | null;
  due_time: string | null;
  remaining_minutes: number | null;
  late: boolean;
  worked_minutes: number;
  running_since: string | null;
  cause: string;
  solution: string;
  first_answer_time: string | null;
  first_answer_minutes: number | null;
  solve_time: string | null;
  solve_minutes: number | null;
  reopen_count: number;
  requester_name: string;
  requester_phone: string;
  requester_email: string;
  requester_locale: string;
  external_id: string;
  custom: Record<string, unknown>;
  shares: unknown[];
};

const column = (name: string) => sql.ref(`ticket.${name}`);

const defined = defineNoun({
  noun: 'ticket',
  search: {
    open: ['name', 'number'],
    guarded: [],
    also: (caller, query) => ofCustomerNamed(caller, query, column('customer_id')),
  },
});

/** customer.name is the name of the customer, where the caller may see it. */
export const ticket: Noun = {
  ...defined,
  column: async (db, caller, table, path) => {
    if (path !== 'customer.name') return defined.column(db, caller, table, path);
    return queryable(caller, 'customer', 'name')
      ? { kind: 'text', sql: customerName(caller, column('customer_id')) }
      : undefined;
  },
};

export const ticketMessage = (row: TicketRow): Ticket =>
  ticket.mapping.toMessage(row as unknown as Row) as unknown as Ticket;

const OVER: TicketState[] = ['TICKET_STATE_SOLVED', 'TICKET_STATE_CLOSED', 'TICKET_STATE_CANCELLED'];

export const isOver = ({ state }: Pick<TicketRow, 'state'>): boolean => OVER.includes(state);

/** What is closed or cancelled stands as it ended; what is solved may still be mended. */
export const refuseEnded = ({ state }: TicketRow): void => {
  if (state === 'TICKET_STATE_CLOSED' || state === 'TICKET_STATE_CANCELLED')
    throw refused('TICKET_OVER', 'This ticket is over. Open it again first.');
};

/** What goes along when its owner moves; what ended stays where it was done. */
export const isUnsettled = sql<boolean>`state not in ('TICKET_STATE_CLOSED', 'TICKET_STATE_CANCELLED')`;

/** What is left unsaid: a normal request of some other channel. */
export const settleKinds = (row: TicketRow): void => {
  if (row.type === 'TICKET_TYPE_UNSPECIFIED') row.type = 'TICKET_TYPE_REQUEST';
  if (row.priority === 'TICKET_PRIORITY_UNSPECIFIED') row.priority = 'TICKET_PRIORITY_NORMAL';
  if (row.channel === 'TICKET_CHANNEL_UNSPECIFIED') row.channel = 'TICKET_CHANNEL_OTHER';
};

export const tidyTicket = (row: TicketRow): void => {
  row.name = tidyName(row.name, 'ticket.name');
  for (const text of ['description', 'cause', 'solution'] as const) row[text] = row[text].trim();
  row.requester_name = row.requester_name.trim();
  if (row.requester_phone) row.requester_phone = normalizePhone(row.requester_phone, 'ticket.requesterPhone');
  if (row.requester_email) row.requester_email = normalizeEmail(row.requester_email, 'ticket.requesterEmail');
  settleKinds(row);
};

/** Gives the ticket to somebody with the department they sit in, or back to its queue and the department of that. */
export const giveTicket = (
  row: TicketRow,
  owner: { id: string; departmentId: string } | undefined,
  queueDepartment: string,
): void => {
  row.owner_id = owner?.id ?? null;
  row.department_id = owner?.departmentId ?? queueDepartment;
};
