import type { NotificationKind, NotificationServiceService } from '@pelagic/proto/crm/office/v1/notification';
import { listRecords } from '@pelagic/capabilities/record/list';
import { applyChange } from '@pelagic/capabilities/record/records';
import type { Caller } from '@pelagic/chassis/caller';
import { now } from '@pelagic/chassis/clock';
import type { Database, Tx } from '@pelagic/chassis/database';
import { enterprise, today } from '@pelagic/chassis/enterprise';
import { invalidField } from '@pelagic/chassis/problem';
import type { Handlers } from '@pelagic/chassis/rpc';
import { sql, type Kysely } from 'kysely';
import { markRead, notification, notificationMessage, type NotificationRow } from './notification.ts';

/** Marked in one call. */
const AT_ONCE = 500;

const unread = async (tx: Tx, caller: Caller, ids: string[] | undefined): Promise<NotificationRow[]> => {
  const { rows } = await sql<NotificationRow>`
    select * from notification where employee_id = ${caller.id}::uuid and read_time is null
      ${ids ? sql`and id = any(${ids}::uuid[])` : sql``} order by id limit ${AT_ONCE} for update`.execute(tx.sql);
  return rows;
};

type NotificationSettings = { muted: NotificationKind[]; dailyMail: boolean };

const settingsOf = async (db: Kysely<any>, { id }: Caller): Promise<NotificationSettings> => {
  const { rows } = await sql<{ muted: NotificationKind[]; daily: boolean }>`
    select array(select kind from notification_muted where employee_id = ${id}::uuid order by kind) as muted,
      exists (select from daily_mail where employee_id = ${id}::uuid) as daily`.execute(db);
  const { muted, daily } = rows[0]!;
  return { muted, dailyMail: daily };
};

/** In the language that they have now; the first one comes tomorrow, so off and on again is no second mail of a day. */
const subscribe = async (tx: Tx, { id, grants }: Caller): Promise<void> => {
  const { rows } =
    await sql`select from directory_employee where id = ${id}::uuid and coalesce(email, '') <> ''`.execute(tx.sql);
  if (!rows.length) throw invalidField('dailyMail', 'NO_MAIL_ADDRESS', 'Nobody has said what your mail address is.');
  const locale = grants?.locale || enterprise().locale;
  await sql`
    insert into daily_mail (employee_id, locale, last_date) values (${id}::uuid, ${locale}, ${today()}::date)
    on conflict (employee_id) do update set locale = excluded.locale`.execute(tx.sql);
};

const mute = async (tx: Tx, caller: Caller, kinds: NotificationKind[]): Promise<void> => {
  const at = kinds.indexOf('NOTIFICATION_KIND_UNSPECIFIED' as NotificationKind);
  if (at >= 0) throw invalidField(`muted[${at}]`, 'REQUIRED', 'Say which kind is meant.');
  await sql`delete from notification_muted where employee_id = ${caller.id}::uuid`.execute(tx.sql);
  await sql`
    insert into notification_muted (employee_id, kind) select distinct ${caller.id}::uuid, kind from unnest(${kinds}::text[]) as kind
    on conflict do nothing`.execute(tx.sql);
};

export const notificationHandlers = (database: Database): Handlers<NotificationServiceService> => ({
  listNotifications: async ({ unread: only, pageSize, pageToken, count }, caller) => {
    const filter = only ? 'NOT read_time:*' : '';
    const asked = { pageSize, pageToken, count, filter, orderBy: '', query: '', deleted: false };
    const { rows, ...page } = await listRecords<NotificationRow>(database.sql, notification, asked, caller);
    return { notifications: rows.map(notificationMessage), ...page };
  },
  markNotificationsRead: ({ ids, all }, caller) =>
    database.transact(async (tx) => {
      const rows = await unread(tx, caller, all ? undefined : ids);
      const time = now().toISOString();
      for (const row of rows)
        await applyChange(tx, notification, row, { verb: 'read' }, (draft) => markRead(draft, time));
      return { more: all && rows.length === AT_ONCE };
    }),
  getNotificationSettings: (_request, caller) => settingsOf(database.sql, caller),
  updateNotificationSettings: ({ muted, dailyMail }, caller) =>
    database.transact(async (tx) => {
      await mute(tx, caller, muted);
      if (dailyMail === false) await sql`delete from daily_mail where employee_id = ${caller.id}::uuid`.execute(tx.sql);
      if (dailyMail) await subscribe(tx, caller);
      return settingsOf(tx.sql, caller);
    }),
});
