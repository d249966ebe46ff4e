import type { MailServiceService } from '@pelagic/proto/crm/capability/v1/mail';
import type { Database } from '@pelagic/chassis/database';
import { decodeCursor, encodeCursor, pageSize } from '@pelagic/chassis/page';
import { notFound, refused } from '@pelagic/chassis/problem';
import type { Handlers } from '@pelagic/chassis/rpc';
import { sql } from 'kysely';
import { mailMessage, type MailRow } from './mail.ts';
import { renderMail, type MailPlace } from './render.ts';

const ORDER = 'create_time desc';

type Options = { service: string; database: Database; place: MailPlace };

/** The mail of one service: looked at, and sent again. */
export const mailHandlers = ({ service, database, place }: Options): Handlers<MailServiceService> => {
  const find = async (id: string): Promise<MailRow> => {
    const { rows } = await sql<MailRow>`select * from mail where id = ${id}::uuid`.execute(database.sql);
    if (!rows[0]) throw notFound('mail');
    return rows[0];
  };
  return {
    listMails: async (request) => {
      const size = pageSize(request.pageSize);
      const state = request.state === 'MAIL_STATE_UNSPECIFIED' ? '' : request.state;
      const [time, id] = request.pageToken ? (decodeCursor(request.pageToken, ORDER) as [string, string]) : [];
      const { rows } = await sql<MailRow & { exact: string }>`
        select *, create_time::text as exact from mail where (${state} = '' or state = ${state})
        ${time ? sql`and (create_time, id) < (${time}::timestamptz, ${id}::uuid)` : sql``}
        order by create_time desc, id desc limit ${size + 1}`.execute(database.sql);
      const page = rows.slice(0, size);
      const last = rows.length > size ? page.at(-1) : undefined;
      return {
        mails: page.map((row) => mailMessage(service, row)),
        nextPageToken: last ? encodeCursor(ORDER, [last.exact, last.id]) : '',
      };
    },
    getMail: async ({ id }) => {
      const row = await find(id);
      return { mail: mailMessage(service, row), ...renderMail(row, place) };
    },
    resendMail: async ({ id }) => {
      const { rows } = await sql<MailRow>`
        update mail set state = 'MAIL_STATE_WAITING', attempts = 0, error = '', next_time = now()
        where id = ${id}::uuid and state in ('MAIL_STATE_FAILED', 'MAIL_STATE_KEPT', 'MAIL_STATE_WAITING')
          and (state <> 'MAIL_STATE_WAITING' or error <> '') returning *`.execute(database.sql);
      if (rows[0]) return { mail: mailMessage(service, rows[0]) };
      const { state } = await find(id);
      throw state === 'MAIL_STATE_SENT'
        ? refused('MAIL_SENT', 'This mail went out already.')
        : refused('MAIL_ON_ITS_WAY', 'This mail is on its way already.');
    },
  };
};
