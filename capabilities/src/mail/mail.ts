import type { Mail, MailState } from '@pelagic/proto/crm/capability/v1/mail';
import type { Tx } from '@pelagic/chassis/database';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { sql } from 'kysely';
import { isoTime } from '../record/mapping.ts';

export type MailRow = {
  id: string;
  state: MailState;
  recipient: string;
  locale: string;
  subject: string;
  body: string;
  action: string;
  record_noun: string;
  record_id: string;
  attempts: number;
  error: string;
  next_time: string;
  create_time: string;
  send_time: string | null;
};

/** What is to be written to somebody. */
export type Letter = {
  /** What it tells of: told again under the same one, it is nothing new. */
  cause: string;
  recipient: string;
  /** That the letter is written in. */
  locale: string;
  subject: string;
  /** Plain text; an empty line ends a paragraph. */
  body: string;
  /** What the link to the record says; none without. */
  action: string;
  recordNoun: string;
  recordId: string;
};

/** An address that gets more within an hour is somebody's whom strangers want to bother, or a loop. */
const HOURLY_MAX = 20;

/** Writes a mail in the transaction of what it tells of, once for each cause; it goes out after the commit. */
export const writeMail = async (tx: Tx, letter: Letter): Promise<void> => {
  const { cause, recipient, locale, subject, body, action, recordNoun, recordId } = letter;
  await sql`
    insert into mail (id, cause, state, recipient, locale, subject, body, action, record_noun, record_id, error)
    select ${uuidv7()}::uuid, ${cause}, case when many then 'MAIL_STATE_KEPT' else 'MAIL_STATE_WAITING' end, ${recipient}, ${locale},
      ${subject}, ${body}, ${action}, ${recordNoun}, ${recordId}::uuid, case when many then 'TOO_MANY_IN_AN_HOUR' else '' end
    from (select count(*) >= ${HOURLY_MAX} as many from mail where recipient = ${recipient} and create_time > now() - interval '1 hour') sent
    on conflict (cause) do nothing`.execute(tx.sql);
};

export const mailMessage = (service: string, row: MailRow): Mail => ({
  id: row.id,
  service,
  state: row.state,
  recipient: row.recipient,
  subject: row.subject,
  recordNoun: row.record_noun,
  recordId: row.record_id,
  attempts: row.attempts,
  error: row.error,
  createTime: isoTime(row.create_time),
  sendTime: row.send_time ? isoTime(row.send_time) : undefined,
  nextTime: row.state === 'MAIL_STATE_WAITING' ? isoTime(row.next_time) : undefined,
});
