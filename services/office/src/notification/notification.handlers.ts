import type { NotificationKind, NotificationServiceService } from '@pelagic/proto/crm/office/v1/notification';
import { listRecords } from '@pelagic/capabilities/record/list';
import { applyChange } from '@pelagic/capabilities/record/records';
import type { Caller } from '@pelagic/chassis/caller';
import { now } from '@pelagic/chassis/clock';
import type { Database, Tx } from '@pelagic/chassis/database';
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

const mutedOf = async (db: Kysely<any>, { id }: Caller): Promise<{ muted: NotificationKind[] }> => {
  const { rows } = await sql<{ kind: NotificationKind }>`
    select kind from notification_muted where employee_id = ${id}::uuid order by kind`.execute(db);
  return { muted: rows.map(({ kind }) => kind) };
};

const mute = async (tx: Tx, caller: Caller, kinds: NotificationKind[]): Promise<{ muted: NotificationKind[] }> => {
  const at = kinds.indexOf('NOTIFICATION_KIND_UNSPECIFIED' as NotificationKind);
  if (at >= 0) throw invalidField(`muted[${at}]`, 'REQUIRED', 'Say which kind is meant.');
  await sql`delete from notification_muted where employee_id = ${caller.id}::uuid`.execute(tx.sql);
  await sql`
    insert into notification_muted (employee_id, kind) select distinct ${caller.id}::uuid, kind from unnest(${kinds}::text[]) as kind
    on conflict do nothing`.execute(tx.sql);
  return mutedOf(tx.sql, caller);
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
  getNotificationSettings: (_request, caller) => mutedOf(database.sql, caller),
  updateNotificationSettings: ({ muted }, caller) => database.transact((tx) => mute(tx, caller, muted)),
});
