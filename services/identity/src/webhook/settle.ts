import { uuidv7 } from '@pelagic/chassis/outbox';
import type { WebhookAttempt, WebhookEventState, WebhookResult } from '@pelagic/proto/crm/identity/v1/webhook';

/** The pauses between tries that Standard Webhooks recommends, in seconds: ten tries in a little over three days. */
const PAUSES = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
export const TRIES_MAX = PAUSES.length + 1;
const PAUSE_MAX = 86_400;
/** Receivers that came back are not hit by all at the same moment. */
const SPREAD = 0.1;
const ATTEMPTS_KEPT = 20;

/** What the delivery says of itself; everything else is told by a record's events. */
export const BEGUN = 'pelagic.webhook.begun.v1';
export const TEST = 'pelagic.webhook.test.v1';

/** What is written down of an event. */
export type Written = {
  id: string;
  sequence: string;
  type: string;
  record_id: string;
  state: WebhookEventState;
  tries: number;
  first_time: string | null;
  due_time: string | null;
  attempts: WebhookAttempt[];
};

/** What the delivery is to say of itself, first of all. */
export const ownEvent = (type: typeof BEGUN | typeof TEST): Written => ({
  ...{ id: uuidv7(), sequence: '0', type, record_id: '', state: 'WEBHOOK_EVENT_STATE_WAITING' },
  ...{ tries: 0, first_time: null, due_time: null, attempts: [] },
});

type Circumstances = {
  now: Date;
  /** When the receiver last took something. */
  takenTime: string | null;
  /** Between 0 and 1. */
  chance: number;
};

/** Seconds until the next try: the receiver may want longer, and never shorter. */
export const pauseAfter = (tries: number, retryAfter: number, chance: number): number => {
  const pause = PAUSES[Math.min(tries, PAUSES.length) - 1]! * (1 + SPREAD * chance);
  return Math.round(Math.max(pause, Math.min(retryAfter, PAUSE_MAX)));
};

/**
 * Is it given up? Only while others are taken: when nothing is, the receiver as a whole is at fault, and no event of its is lost
 * by that. A test tells what it found, and is not repeated.
 */
const isGivenUp = ({ type, tries, first_time }: Written, { takenTime }: Circumstances): boolean =>
  type === TEST || (tries >= TRIES_MAX && takenTime !== null && new Date(takenTime) > new Date(first_time!));

/** What is to be written of an event after a turn; `known` is what was written before. */
export const settle = (result: WebhookResult, known: Written | undefined, at: Circumstances): Written => {
  const { id, sequence, type, recordId: record_id, outcome, attempt, retryAfter } = result;
  const empty = {
    state: 'WEBHOOK_EVENT_STATE_WAITING',
    tries: 0,
    first_time: null,
    due_time: null,
    attempts: [],
  } as const;
  const before: Written = known ?? { id, sequence, type, record_id, ...empty, attempts: [] };
  if (outcome === 'WEBHOOK_OUTCOME_BEHIND' || before.state === 'WEBHOOK_EVENT_STATE_DELIVERED') return before;
  // The same said again, for the answer to it was lost.
  if (attempt && before.attempts.at(-1)?.time === attempt.time) return before;
  const attempts = [...before.attempts, ...(attempt ? [attempt] : [])].slice(-ATTEMPTS_KEPT);
  const tried = { ...before, attempts, tries: before.tries + 1, first_time: before.first_time ?? at.now.toISOString() };
  if (outcome === 'WEBHOOK_OUTCOME_TAKEN') return { ...tried, state: 'WEBHOOK_EVENT_STATE_DELIVERED', due_time: null };
  if (outcome === 'WEBHOOK_OUTCOME_LOST' || isGivenUp(tried, at))
    return { ...tried, state: 'WEBHOOK_EVENT_STATE_FAILED', due_time: null };
  const due = at.now.getTime() + pauseAfter(tried.tries, retryAfter, at.chance) * 1_000;
  return { ...tried, state: 'WEBHOOK_EVENT_STATE_WAITING', due_time: new Date(due).toISOString() };
};
