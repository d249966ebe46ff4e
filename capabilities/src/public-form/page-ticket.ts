import { createHmac, timingSafeEqual } from 'node:crypto';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { invalidField } from '@pelagic/chassis/problem';

/** What the public page gets with the form and sends back with it: the id of the submission to be, and when it was given out. */
export type Ticket = { id: string; ageMs: number };

/** A page may stay open this long. */
const LIFE_MS = 24 * 3_600_000;

const signed = (secret: string, id: string, issued: string): string =>
  createHmac('sha256', secret).update(`${id}.${issued}`).digest('base64url');

export const issueTicket = (secret: string, at = Date.now()): string => {
  const [id, issued] = [uuidv7(at), at.toString(36)];
  return `${id}.${issued}.${signed(secret, id, issued)}`;
};

/** Throws a field error for a ticket that is not of this form, or ended. */
export const readTicket = (secret: string, ticket: string): Ticket => {
  const [id = '', issued = '', signature = ''] = ticket.split('.');
  const [ours, theirs] = [Buffer.from(signed(secret, id, issued)), Buffer.from(signature)];
  const ageMs = Date.now() - Number.parseInt(issued, 36);
  if (ours.length !== theirs.length || !timingSafeEqual(ours, theirs) || ageMs > LIFE_MS)
    throw invalidField('ticket', 'TICKET_ENDED', 'This page has been open for too long. Load it again.');
  return { id, ageMs };
};
