import type { Schemas } from '#lib/api/client.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Tone } from '#lib/ui/Tag.svelte';

/** What a stranger sent in, whatever it is to become. */
export type Submission = {
  id: string;
  version: number;
  state: 'RECEIVED' | 'ACCEPTED' | 'HELD' | 'REFUSED' | 'UNSPECIFIED';
  reason: Schemas['FormSubmission']['reason'];
  what: string;
  note: string;
  reach: string;
  form: string;
  time: string;
  /** What it became. */
  became: { label: string; href: string } | undefined;
};

export const STATES: Record<string, { label: () => string; tone: Tone }> = {
  RECEIVED: { label: m.submission_received, tone: 'accent' },
  ACCEPTED: { label: m.submission_accepted, tone: 'ok' },
  HELD: { label: m.submission_held, tone: 'wait' },
  REFUSED: { label: m.submission_refused, tone: 'bad' },
};

export const REASONS: Record<string, () => string> = {
  DOUBT_REASON_HONEYPOT: m.doubt_honeypot,
  DOUBT_REASON_TOO_FAST: m.doubt_too_fast,
  DOUBT_REASON_ADDRESS: m.doubt_address,
  DOUBT_REASON_FLOOD: m.doubt_flood,
  DOUBT_REASON_REVIEWED: m.doubt_reviewed,
};

/** The last word of a state's name, which is the same for every kind of form. */
export const stateOf = (state: string): Submission['state'] => state.split('_').at(-1) as Submission['state'];

/** What is asked of the list: the newest, those that wait for a decision or all. */
export const asked = (all: boolean) => ({ pageSize: 100, ...(all ? {} : { filter: 'state = HELD' }) });
