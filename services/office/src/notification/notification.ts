import type { Notification } from '@pelagic/proto/crm/office/v1/notification';
import type { Caller } from '@pelagic/chassis/caller';
import { defineNoun } from '@pelagic/capabilities/record/noun';
import type { Row } from '@pelagic/capabilities/record/mapping';
import type { RecordRow } from '@pelagic/capabilities/record/records';
import { sql, type RawBuilder } from 'kysely';

export type NotificationKind =
  `NOTIFICATION_KIND_${'TASK_ASSIGNED' | 'RECORD_HANDED' | 'APPROVAL_ASKED' | 'APPROVAL_DECIDED' | 'CONTACT_DUE' | 'TASK_DUE' | 'SCHEDULE_SOON' | 'LOG_MISSING' | 'LOG_COMMENTED' | 'INSTALMENT_OVERDUE' | 'MENTIONED' | 'COMMENTED' | 'CUSTOMER_WROTE' | 'WEBHOOK_STOPPED'}`;

export type NotificationRow = RecordRow & {
  employee_id: string;
  kind: NotificationKind;
  cause: string;
  record_noun: string;
  record_id: string;
  count: number;
  actor_id: string | null;
  read_time: string | null;
};

/** Its own person's and nobody else's, whatever rights they have. */
const reach = (caller: Caller, _action: string, table: string): RawBuilder<boolean> =>
  caller.kind === 'service' ? sql`true` : sql`${sql.ref(`${table}.employee_id`)} = ${caller.id}::uuid`;

export const notification = defineNoun({ noun: 'notification', search: { open: [], guarded: [] }, reach });

export const notificationMessage = (row: NotificationRow): Notification =>
  notification.mapping.toMessage(row as unknown as Row) as unknown as Notification;

/** One more of the same: counted, and unread again. */
export const addTo = (row: NotificationRow): void => {
  row.count += 1;
  row.read_time = null;
};

/** What is read already stays read since then. */
export const markRead = (row: NotificationRow, time: string): void => {
  row.read_time ??= time;
};
