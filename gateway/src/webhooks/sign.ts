import { createHmac } from 'node:crypto';

const keyOf = (secret: string): Buffer => Buffer.from(secret.replace(/^whsec_/, ''), 'base64');

/** The headers of Standard Webhooks for a body, with a signature by each secret: while one is replaced by another, both hold. */
export const signed = (secrets: string[], id: string, seconds: number, body: string): Record<string, string> => ({
  'webhook-id': id,
  'webhook-timestamp': String(seconds),
  'webhook-signature': secrets
    .map((secret) => `v1,${createHmac('sha256', keyOf(secret)).update(`${id}.${seconds}.${body}`).digest('base64')}`)
    .join(' '),
});
