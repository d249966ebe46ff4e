import LifeBuoy from '@lucide/svelte/icons/life-buoy';
import type { Schemas } from '#lib/api/client.ts';
import { resource } from '#lib/api/resource.ts';
import type { Choice, Field } from '#lib/noun/field.ts';
import type { Noun } from '#lib/noun/noun.ts';
import { m } from '#lib/paraglide/messages.js';
import { ticketActions } from './actions.ts';
import { TYPES } from './kinds.ts';
import { queues } from './queues.svelte.ts';

export type Ticket = Schemas['Ticket'];
export type TicketState = Exclude<Ticket['state'], 'TICKET_STATE_UNSPECIFIED'>;

export const tickets = resource<Ticket>('ticket', 'ticket', '/v1/tickets', 'tickets');

const STATES: Record<TicketState, () => Choice> = {
  TICKET_STATE_NEW: () => ({ value: 'TICKET_STATE_NEW', label: m.ticket_new(), tone: 'accent' }),
  TICKET_STATE_OPEN: () => ({ value: 'TICKET_STATE_OPEN', label: m.ticket_open(), tone: 'accent' }),
  TICKET_STATE_PENDING_CUSTOMER: () => ({
    value: 'TICKET_STATE_PENDING_CUSTOMER',
    label: m.ticket_pending_customer(),
    tone: 'wait',
  }),
  TICKET_STATE_PENDING_THIRD_PARTY: () => ({
    value: 'TICKET_STATE_PENDING_THIRD_PARTY',
    label: m.ticket_pending_third_party(),
    tone: 'wait',
  }),
  TICKET_STATE_ON_HOLD: () => ({ value: 'TICKET_STATE_ON_HOLD', label: m.ticket_on_hold(), tone: 'wait' }),
  TICKET_STATE_SOLVED: () => ({ value: 'TICKET_STATE_SOLVED', label: m.ticket_solved(), tone: 'ok' }),
  TICKET_STATE_CLOSED: () => ({ value: 'TICKET_STATE_CLOSED', label: m.ticket_closed(), tone: 'neutral' }),
  TICKET_STATE_CANCELLED: () => ({ value: 'TICKET_STATE_CANCELLED', label: m.ticket_cancelled(), tone: 'neutral' }),
};

export const STATE_ORDER = Object.keys(STATES) as TicketState[];

export const ticketState = (state: Ticket['state']): Choice => STATES[state as TicketState]();

export const PRIORITIES = (): Choice[] => [
  { value: 'TICKET_PRIORITY_URGENT', label: m.ticket_priority_urgent(), tone: 'bad' },
  { value: 'TICKET_PRIORITY_HIGH', label: m.ticket_priority_high(), tone: 'risk' },
  { value: 'TICKET_PRIORITY_NORMAL', label: m.ticket_priority_normal() },
  { value: 'TICKET_PRIORITY_LOW', label: m.ticket_priority_low() },
];

export const ticketPriority = (priority: Ticket['priority']): Choice | undefined =>
  PRIORITIES().find(({ value }) => value === priority);

const CHANNELS = (): Choice[] => [
  { value: 'TICKET_CHANNEL_PHONE', label: m.ticket_channel_phone() },
  { value: 'TICKET_CHANNEL_MAIL', label: m.ticket_channel_mail() },
  { value: 'TICKET_CHANNEL_FORM', label: m.ticket_channel_form() },
  { value: 'TICKET_CHANNEL_CHAT', label: m.ticket_channel_chat() },
  { value: 'TICKET_CHANNEL_VISIT', label: m.ticket_channel_visit() },
  { value: 'TICKET_CHANNEL_OTHER', label: m.ticket_channel_other() },
];

const FIELDS: Field[] = [
  { key: 'name', kind: 'text', label: m.ticket_subject, required: true, maxLength: 200, sortable: true, width: 280 },
  {
    key: 'state',
    kind: 'choice',
    label: m.state,
    prefix: 'TICKET_STATE_',
    readOnly: true,
    sortable: true,
    width: 120,
    options: () => STATE_ORDER.map(ticketState),
  },
  {
    key: 'priority',
    kind: 'choice',
    label: m.ticket_priority,
    prefix: 'TICKET_PRIORITY_',
    width: 90,
    options: PRIORITIES,
  },
  { key: 'type', kind: 'choice', label: m.ticket_type, prefix: 'TICKET_TYPE_', width: 110, options: TYPES },
  { key: 'late', kind: 'boolean', label: m.ticket_late, readOnly: true, width: 80 },
  { key: 'dueTime', kind: 'time', label: m.ticket_due, readOnly: true, sortable: true, width: 130 },
  { key: 'queueId', kind: 'choice', label: m.ticket_queue, width: 140, options: () => queues.choices() },
  { key: 'ownerId', kind: 'record', noun: 'employee', label: m.ticket_assignee, readOnly: true, width: 140 },
  { key: 'customerId', kind: 'record', noun: 'customer', label: m.customer, width: 200 },
  { key: 'contactId', kind: 'record', noun: 'contact', label: m.ticket_requester, width: 140 },
  { key: 'requesterName', kind: 'text', label: m.ticket_requester_name, maxLength: 100, width: 120 },
  { key: 'requesterEmail', kind: 'text', label: m.ticket_requester_email, maxLength: 200, width: 180 },
  { key: 'requesterPhone', kind: 'text', label: m.ticket_requester_phone, maxLength: 40, width: 140 },
  { key: 'channel', kind: 'choice', label: m.ticket_channel, prefix: 'TICKET_CHANNEL_', width: 110, options: CHANNELS },
  { key: 'description', kind: 'textarea', label: m.ticket_description, maxLength: 8000, width: 260 },
  { key: 'cause', kind: 'textarea', label: m.ticket_cause, maxLength: 2000, width: 200 },
  { key: 'solution', kind: 'textarea', label: m.ticket_solution, maxLength: 4000, width: 260 },
  { key: 'targetMinutes', kind: 'number', label: m.ticket_target_minutes, readOnly: true, width: 110 },
  { key: 'remainingMinutes', kind: 'number', label: m.ticket_remaining_minutes, readOnly: true, width: 110 },
  { key: 'firstAnswerTime', kind: 'time', label: m.ticket_first_answer, readOnly: true, width: 130 },
  { key: 'firstAnswerMinutes', kind: 'number', label: m.ticket_first_answer_minutes, readOnly: true, width: 110 },
  { key: 'solveTime', kind: 'time', label: m.ticket_solve_time, readOnly: true, sortable: true, width: 130 },
  { key: 'solveMinutes', kind: 'number', label: m.ticket_solve_minutes, readOnly: true, width: 110 },
  { key: 'reopenCount', kind: 'number', label: m.ticket_reopen_count, readOnly: true, width: 90 },
  { key: 'departmentId', kind: 'record', noun: 'department', label: m.department, readOnly: true },
  { key: 'number', kind: 'text', label: m.record_number, readOnly: true, sortable: true, width: 150 },
  { key: 'creatorId', kind: 'record', noun: 'employee', label: m.creator, readOnly: true, width: 140 },
  { key: 'createTime', kind: 'time', label: m.create_time, readOnly: true, sortable: true, width: 130 },
  { key: 'updateTime', kind: 'time', label: m.update_time, readOnly: true, sortable: true, width: 130 },
];

export const ticket: Noun<Ticket> = {
  resource: tickets,
  path: '/tickets',
  icon: LifeBuoy,
  plural: m.tickets,
  createLabel: m.ticket_create,
  purpose: m.ticket_purpose,
  title: ({ name }) => name,
  fields: FIELDS,
  columns: ['state', 'priority', 'late', 'dueTime', 'queueId', 'ownerId', 'customerId', 'createTime', 'tagIds'],
  form: ['name', 'description', 'customerId', 'contactId', 'type', 'priority', 'queueId', 'channel'],
  defaults: () => ({
    type: 'TICKET_TYPE_REQUEST',
    priority: 'TICKET_PRIORITY_NORMAL',
    channel: 'TICKET_CHANNEL_PHONE',
    queueId: queues.active[0]?.id,
  }),
  groups: [
    { label: m.group_ticket, keys: ['name', 'description', 'type', 'channel'] },
    {
      label: m.ticket_requester,
      keys: ['customerId', 'contactId', 'requesterName', 'requesterEmail', 'requesterPhone'],
    },
    {
      label: m.group_ticket_promise,
      keys: ['queueId', 'priority', 'targetMinutes', 'dueTime', 'remainingMinutes', 'late'],
    },
    {
      label: m.group_ticket_outcome,
      keys: ['cause', 'solution', 'firstAnswerTime', 'firstAnswerMinutes', 'solveTime', 'solveMinutes', 'reopenCount'],
    },
    { label: m.group_record, keys: ['number', 'ownerId', 'departmentId', 'creatorId', 'createTime', 'updateTime'] },
  ],
  actions: ticketActions,
};
