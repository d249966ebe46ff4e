import type { Schemas } from '#lib/api/client.ts';
import type { Field } from '#lib/noun/field.ts';
import { m } from '#lib/paraglide/messages.js';

export type Partner = Schemas['Partner'];
export type Subscription = Schemas['PartnerSubscription'];
export type PartnerNoun = Schemas['PartnerNoun'];
/** What it signs in with, known this once. */
export type Login = { user: string; password: string };

export const FIELDS: Field[] = [
  { key: 'name', kind: 'text', label: m.name, required: true, maxLength: 100 },
  { key: 'contact', kind: 'text', label: m.partner_contact, help: m.partner_contact_help, maxLength: 200 },
  { key: 'historyFrom', kind: 'date', past: true, label: m.partner_history_from, help: m.partner_history_from_help },
  { key: 'active', kind: 'boolean', label: m.partner_active, help: m.partner_active_help },
  { key: 'note', kind: 'textarea', label: m.note, maxLength: 2000 },
];

export const blankPartner = (): Partner => ({
  id: '',
  version: 0,
  name: '',
  contact: '',
  note: '',
  active: true,
  subscriptions: [],
  historyFrom: '',
  generation: 0,
});

/** What the form asks for. */
export const formValues = ({ name, contact, historyFrom, active, note }: Partner): Record<string, unknown> => ({
  name,
  contact,
  historyFrom,
  active,
  note,
});

/** All that is nobody's personal data: a person's phone is told when somebody chose it, and not because a noun was. */
export const startingFields = ({ fields }: PartnerNoun): string[] =>
  fields.filter(({ personal }) => !personal).map(({ name }) => name);
