import { now } from '@pelagic/chassis/clock';
import { createHmac } from 'node:crypto';

/** For so long after a rotation what is posted is signed with the secret before too. */
const OVERLAP_MS = 24 * 3_600_000;

export const oldSecretUntil = (): string => new Date(now().getTime() + OVERLAP_MS).toISOString();

/**
 * The secret of a partner's webhook. It is made from the key of the installation whenever it is needed and kept nowhere: who
 * reads the database can sign nothing, and there is nothing to encrypt.
 */
export const webhookSecret = (key: string, partnerId: string, count: number): string =>
  `whsec_${createHmac('sha256', key).update(`webhook ${partnerId} ${count}`).digest('base64')}`;

type Signed = { id: string; secret_count: number; old_secret_until: string | null };

/** What to sign with now, the newest first. */
export const webhookSecrets = (key: string, { id, secret_count, old_secret_until }: Signed, now: Date): string[] => {
  const isOldGood = old_secret_until !== null && new Date(old_secret_until) > now && secret_count > 1;
  return [secret_count, ...(isOldGood ? [secret_count - 1] : [])].map((count) => webhookSecret(key, id, count));
};
