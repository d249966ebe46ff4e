import type { Database } from '@pelagic/chassis/database';
import type { Log } from '@pelagic/chassis/log';
import type { Part } from '@pelagic/chassis/service';
import { beginningOf } from '@pelagic/chassis/text';
import { sql } from 'kysely';
import { createTransport, type Transporter } from 'nodemailer';
import { repeated } from '../repeated/repeated.ts';
import type { MailRow } from './mail.ts';
import { renderMail, type MailPlace } from './render.ts';

const LOOK_MS = 2_000;
/** Of another process that died over it, a mail is taken again after this. Longer than the server may take. */
const LEASE_SECONDS = 120;
const SERVER_MS = 30_000;
/** Tried so often, the last ones an hour apart: the better part of a day. */
const ATTEMPTS_MAX = 24;
const FIRST_SECONDS = 30;
const LONGEST_SECONDS = 3_600;
const ERROR_MAX = 500;

/** Takes the mail that is due the longest, so that nobody else does meanwhile. */
const take = async (database: Database): Promise<MailRow | undefined> =>
  (
    await sql<MailRow>`
      update mail set attempts = attempts + 1, next_time = now() + ${`${LEASE_SECONDS} seconds`}::interval
      where id = (select id from mail where state = 'MAIL_STATE_WAITING' and next_time <= now()
        order by next_time, id limit 1 for update skip locked)
      returning *`.execute(database.sql)
  ).rows[0];

const settled = async (database: Database, id: string, state: string, error = ''): Promise<void> => {
  await sql`
    update mail set state = ${state}, error = ${error}, send_time = case when ${state} = 'MAIL_STATE_SENT' then now() end
    where id = ${id}::uuid`.execute(database.sql);
};

type Refusal = Error & { code?: string; responseCode?: number };

/** What the server will not take however often it is asked: this address, or this mail. */
const isFinal = ({ code = '', responseCode = 0 }: Refusal): boolean =>
  responseCode >= 500 && ['EENVELOPE', 'EMESSAGE'].includes(code);

const failed = async (database: Database, { id, attempts }: MailRow, refusal: Refusal): Promise<void> => {
  const error = beginningOf(refusal.message, ERROR_MAX);
  if (isFinal(refusal) || attempts >= ATTEMPTS_MAX) return settled(database, id, 'MAIL_STATE_FAILED', error);
  const waits = Math.min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** (attempts - 1));
  await sql`update mail set error = ${error}, next_time = now() + ${`${waits} seconds`}::interval where id = ${id}::uuid`.execute(
    database.sql,
  );
};

/** A server that was taken by the wrong hands cannot be led to files or other hosts by what strangers write. */
const SAFE = { disableFileAccess: true, disableUrlAccess: true } as const;

const deliver = async (transport: Transporter, row: MailRow, { from, ...place }: Options): Promise<void> => {
  await transport.sendMail({
    ...SAFE,
    from,
    to: { name: '', address: row.recipient },
    subject: row.subject,
    ...renderMail(row, place),
    // The same at every try: who gets it twice can tell.
    messageId: `<${row.id}@${new URL(place.publicUrl).hostname}>`,
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
  });
};

type Options = MailPlace & { from: string };

/** Sends what is due, one after the other; without a server it stays where administrators see it. */
export const sendDue = async (
  database: Database,
  transport: Transporter | undefined,
  options: Options,
  goesOn: () => boolean = () => true,
): Promise<void> => {
  for (let row = await take(database); row; row = goesOn() ? await take(database) : undefined) {
    if (!transport) await settled(database, row.id, 'MAIL_STATE_KEPT', 'NO_MAIL_SERVER');
    else
      try {
        await deliver(transport, row, options);
        await settled(database, row.id, 'MAIL_STATE_SENT');
      } catch (error) {
        await failed(database, row, error as Refusal);
      }
  }
};

/** How a server is spoken to: `smtps://user:password@host:port`, or nothing. */
export const openTransport = (smtpUrl: string): Transporter | undefined =>
  smtpUrl
    ? createTransport(smtpUrl, {
        connectionTimeout: SERVER_MS,
        greetingTimeout: SERVER_MS,
        socketTimeout: SERVER_MS,
      } as object)
    : undefined;

type Sending = Options & { database: Database; log: Log; smtpUrl: string };

export const mailSender = ({ database, log, smtpUrl, ...options }: Sending): Part => {
  const transport = openTransport(smtpUrl);
  return repeated({
    name: 'mail',
    everyMs: LOOK_MS,
    log,
    work: (goesOn) => sendDue(database, transport, options, goesOn),
  });
};
