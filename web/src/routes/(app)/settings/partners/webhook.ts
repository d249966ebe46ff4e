import type { Schemas } from '#lib/api/client.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Tone } from '#lib/ui/Tag.svelte';
import { objectLabel } from '../roles/permission-words.ts';
import type { Partner } from './partner.ts';

export type WebhookEvent = Schemas['WebhookEvent'];
export type WebhookState = WebhookEvent['state'];
export type Attempt = Schemas['WebhookAttempt'];

export const STATES: Partial<Record<WebhookState, { label: () => string; tone: Tone }>> = {
  WEBHOOK_EVENT_STATE_WAITING: { label: m.webhook_waiting, tone: 'wait' },
  WEBHOOK_EVENT_STATE_DELIVERED: { label: m.webhook_delivered, tone: 'ok' },
  WEBHOOK_EVENT_STATE_FAILED: { label: m.webhook_failed, tone: 'bad' },
  WEBHOOK_EVENT_STATE_DROPPED: { label: m.webhook_dropped, tone: 'neutral' },
};

/** Why nothing is posted, by what stopped it. */
export const STOPS: Partial<Record<Partner['webhookStop'], () => string>> = {
  WEBHOOK_STOP_BY_HAND: m.webhook_stopped_by_hand,
  WEBHOOK_STOP_GONE: m.webhook_stopped_gone,
  WEBHOOK_STOP_FAILING: m.webhook_stopped_failing,
};

const PROBLEMS: Record<string, () => string> = {
  TIMEOUT: m.webhook_timeout,
  ADDRESS_REFUSED: m.webhook_address_refused,
  ECONNREFUSED: m.webhook_refused,
  ENOTFOUND: m.webhook_unknown_host,
  NOT_KEPT: m.webhook_not_kept,
};

/** What came of an attempt: the status of its answer, or why there was none. */
export const resultOf = ({ status, problem }: Attempt): string =>
  status ? `HTTP ${status}` : (PROBLEMS[problem]?.() ?? problem);

const OWN: Record<string, () => string> = {
  'pelagic.webhook.begun.v1': m.webhook_begun,
  'pelagic.webhook.test.v1': m.webhook_test_event,
};

/** What an event is about, in words; its type says it exactly. */
export function aboutOf({ type }: WebhookEvent): string {
  const [, , noun = ''] = type.split('.');
  return OWN[type]?.() ?? objectLabel(noun);
}

/** Also what waits for its next try: then it need not. */
export const mayResend = (event: WebhookEvent, generation: number): boolean =>
  event.generation === generation &&
  (event.state === 'WEBHOOK_EVENT_STATE_FAILED' ||
    event.state === 'WEBHOOK_EVENT_STATE_DELIVERED' ||
    event.dueTime !== undefined);
