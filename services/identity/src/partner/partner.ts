import { choiceErrors } from '@pelagic/capabilities/disclosure/policy';
import { faultOfUrl, type Allowed } from '@pelagic/capabilities/disclosure/receiver';
import { defineNoun } from '@pelagic/capabilities/record/noun';
import type { Row } from '@pelagic/capabilities/record/mapping';
import type { RecordRow } from '@pelagic/capabilities/record/records';
import { tidyName } from '@pelagic/capabilities/record/tidy';
import { may } from '@pelagic/chassis/access';
import { STREAM_DAYS } from '@pelagic/chassis/broker';
import { now } from '@pelagic/chassis/clock';
import { today } from '@pelagic/chassis/enterprise';
import { invalid, invalidField } from '@pelagic/chassis/problem';
import type { Partner, PartnerSubscription, WebhookStop } from '@pelagic/proto/crm/identity/v1/partner';
import { sql } from 'kysely';
import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { hashOf, newSecret } from '../session/secret.ts';

export type PartnerRow = RecordRow & {
  name: string;
  contact: string;
  note: string;
  active: boolean;
  subscriptions: PartnerSubscription[];
  history_from: string | null;
  generation: number;
  secret_time: string;
  bus_user: string;
  password_hash: Buffer;
  secret_count: number;
  webhook_url: string;
  webhook_stop: WebhookStop;
  old_secret_until: string | null;
};

/** Who may read partners may manage them. */
export const partner = defineNoun({
  noun: 'partner',
  search: { open: ['name', 'contact'], guarded: [] },
  reach: (caller, action) => sql<boolean>`${action !== 'read' || may(caller, 'partner.manage')}::boolean`,
  order: 'name',
});

export const partnerMessage = (row: PartnerRow): Partner =>
  partner.mapping.toMessage(row as unknown as Row) as unknown as Partner;

/**
 * A user of the bus for a partner. All its subjects begin with the name, and what is published as a reply reaches whoever
 * has a name: so it cannot be guessed either.
 */
export const newBusUser = (): string => `ptn_${randomBytes(16).toString('hex')}`;

export type Password = { password: string; columns: Pick<PartnerRow, 'password_hash' | 'secret_time'> };

/** 256 random bits, of which only the hash is kept. */
export const newPassword = (): Password => {
  const password = newSecret();
  return { password, columns: { password_hash: hashOf(password), secret_time: now().toISOString() } };
};

const tidied = ({ noun, fields, filter }: PartnerSubscription): PartnerSubscription => ({
  noun,
  fields: [...new Set(fields)],
  filter: filter.trim(),
});

/** Puts what was written in order. Throws all that is wrong with the subscriptions at once. */
export const tidyPartner = (row: PartnerRow): void => {
  row.name = tidyName(row.name, 'partner.name');
  row.contact = (row.contact ?? '').trim();
  row.subscriptions = (row.subscriptions ?? []).map(tidied);
  row.webhook_url = (row.webhook_url ?? '').trim();
  const errors = choiceErrors(row.subscriptions, 'partner.subscriptions');
  if (errors.length) throw invalid(...errors);
};

const FAULTS = {
  BAD_FORMAT: 'This is no web address that can be posted to.',
  HTTPS_REQUIRED: 'What is posted goes over https only.',
  ADDRESS_REFUSED: 'Nothing is posted to addresses of this network.',
};

/** Refuses a way to be told of events that cannot be taken. Which way it is, is decided once: what a secret was shown for stays. */
export const checkReceiver = ({ webhook_url: url }: PartnerRow, allowed: Allowed, before?: PartnerRow): void => {
  if (before && (before.webhook_url === '') !== (url === ''))
    throw invalidField(
      'partner.webhookUrl',
      'IMMUTABLE',
      'A partner reads on NATS or is posted to from its beginning on.',
    );
  if (!url || url === before?.webhook_url) return;
  const fault = faultOfUrl(url, allowed);
  if (fault) throw invalidField('partner.webhookUrl', fault, FAULTS[fault], { format: 'url' });
};

/** Refuses a beginning that has not come yet, or of which the streams know nothing any more. */
export const checkHistory = ({ history_from: from }: PartnerRow, before?: PartnerRow): void => {
  if (!from || from === before?.history_from) return;
  const max = today();
  const min = Temporal.PlainDate.from(max).subtract({ days: STREAM_DAYS }).toString();
  if (from >= min && from <= max) return;
  const message = `Events are kept for ${STREAM_DAYS} days: history begins between ${min} and today.`;
  throw invalidField('partner.historyFrom', 'OUT_OF_RANGE', message, { min, max });
};

/**
 * Another policy begins another stream, filled anew: nothing that the policy before allowed stays readable. So does letting in
 * again, for the stream of who was cut off is deleted.
 */
export const renewGeneration = (row: PartnerRow, before: PartnerRow): void => {
  const isSame =
    isDeepStrictEqual(row.subscriptions, before.subscriptions) &&
    row.history_from === before.history_from &&
    row.active === before.active;
  if (!isSame) row.generation = before.generation + 1;
};
