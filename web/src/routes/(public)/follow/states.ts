import { m } from '#lib/paraglide/messages.js';
import type { Tone } from '#lib/ui/Tag.svelte';

/** States of a ticket in the words of the customer. */
export const STATES: Record<string, { label: () => string; tone: Tone }> = {
  FOLLOWED_STATE_RECEIVED: { label: m.follow_received, tone: 'accent' },
  FOLLOWED_STATE_IN_PROGRESS: { label: m.follow_in_progress, tone: 'accent' },
  FOLLOWED_STATE_WAITING_FOR_YOU: { label: m.follow_waiting_for_you, tone: 'wait' },
  FOLLOWED_STATE_PAUSED: { label: m.follow_paused, tone: 'wait' },
  FOLLOWED_STATE_SOLVED: { label: m.ticket_solved, tone: 'ok' },
  FOLLOWED_STATE_CLOSED: { label: m.ticket_closed, tone: 'neutral' },
};
