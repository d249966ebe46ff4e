import type { Choice } from '#lib/noun/field.ts';
import { m } from '#lib/paraglide/messages.js';

export const TYPES = (): Choice[] => [
  { value: 'TICKET_TYPE_REQUEST', label: m.ticket_type_request() },
  { value: 'TICKET_TYPE_INCIDENT', label: m.ticket_type_incident() },
  { value: 'TICKET_TYPE_COMPLAINT', label: m.ticket_type_complaint() },
  { value: 'TICKET_TYPE_SUGGESTION', label: m.ticket_type_suggestion() },
  { value: 'TICKET_TYPE_RETURN', label: m.ticket_type_return() },
];
