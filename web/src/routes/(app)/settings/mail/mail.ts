import type { Schemas, Service } from '#lib/api/client.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Tone } from '#lib/ui/Tag.svelte';

export type Mail = Schemas['Mail'];

/** Those that write mail. */
export const WRITING: Service[] = ['ticket', 'office'];

export const STATES: Record<string, { label: () => string; tone: Tone }> = {
  MAIL_STATE_WAITING: { label: m.mail_waiting, tone: 'accent' },
  MAIL_STATE_SENT: { label: m.mail_sent, tone: 'ok' },
  MAIL_STATE_FAILED: { label: m.mail_failed, tone: 'bad' },
  MAIL_STATE_KEPT: { label: m.mail_kept, tone: 'wait' },
};

const WHY: Record<string, () => string> = {
  NO_MAIL_SERVER: m.mail_no_server,
  TOO_MANY_IN_AN_HOUR: m.mail_too_many,
};

/** In words; what a mail server said stands as it said it. */
export const whyOf = ({ error }: Mail): string => WHY[error]?.() ?? error;

export const mayResend = ({ state, error }: Mail): boolean =>
  state === 'MAIL_STATE_FAILED' || state === 'MAIL_STATE_KEPT' || (state === 'MAIL_STATE_WAITING' && error !== '');
