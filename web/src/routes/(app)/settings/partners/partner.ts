import type { Schemas } from '#lib/api/client.ts';
import type { Field } from '#lib/noun/field.ts';
import { m } from '#lib/paraglide/messages.js';

export type Partner = Schemas['Partner'];
export type Subscription = Schemas['PartnerSubscription'];
export type PartnerNoun = Schemas['PartnerNoun'];
/** What it signs in with, or checks what is posted to it with; known this once. */
export type Login = { user: string; password: string; webhookSecret: string };
export type Channel = 'nats' | 'webhook';

export const channelOf = ({ webhookUrl }: Partner): Channel => (webhookUrl ? 'webhook' : 'nats');

const CHANNEL: Field = {
  key: 'channel',
  kind: 'choice',
  label: m.partner_channel,
  help: m.partner_channel_help,
  required: true,
  options: () => [
    { value: 'nats', label: m.partner_channel_nats() },
    { value: 'webhook', label: m.partner_channel_webhook() },
  ],
};
const URL: Field = {
  key: 'webhookUrl',
  kind: 'url',
  label: m.webhook_url,
  help: m.webhook_url_help,
  required: true,
  maxLength: 500,
};

/** How it is told of events is decided when it is made. */
export const fieldsOf = (channel: Channel, isNew: boolean): Field[] => [
  { key: 'name', kind: 'text', label: m.name, required: true, maxLength: 100 },
  { key: 'contact', kind: 'text', label: m.partner_contact, help: m.partner_contact_help, maxLength: 200 },
  ...(isNew ? [CHANNEL] : []),
  ...(channel === 'webhook' ? [URL] : []),
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
  webhookUrl: '',
  webhookStop: 'WEBHOOK_STOP_UNSPECIFIED',
});

/** What the form asks for. */
export const formValues = (partner: Partner): Record<string, unknown> => {
  const { name, contact, historyFrom, active, note, webhookUrl } = partner;
  return { name, contact, historyFrom, active, note, webhookUrl, channel: channelOf(partner) };
};

/** All that is nobody's personal data: a person's phone is told when somebody chose it, and not because a noun was. */
export const startingFields = ({ fields }: PartnerNoun): string[] =>
  fields.filter(({ personal }) => !personal).map(({ name }) => name);
