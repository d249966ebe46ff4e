import { api, body, type Schemas } from '#lib/api/client.ts';
import { NOUNS, pathOf, pluralOf, recordPath, nounWithin } from '#lib/nouns.ts';
import { m } from '#lib/paraglide/messages.js';

export type Notification = Schemas['Notification'];
export type Kind = Exclude<Notification['kind'], 'NOTIFICATION_KIND_UNSPECIFIED'>;

/** Every kind, as the settings name it; with a permission, only who has it is ever told. */
export const KINDS: { kind: Kind; label: () => string; permission?: string }[] = [
  { kind: 'NOTIFICATION_KIND_TASK_ASSIGNED', label: m.notification_kind_task },
  { kind: 'NOTIFICATION_KIND_RECORD_HANDED', label: m.notification_kind_handed },
  { kind: 'NOTIFICATION_KIND_APPROVAL_ASKED', label: m.notification_kind_asked },
  { kind: 'NOTIFICATION_KIND_APPROVAL_DECIDED', label: m.notification_kind_decided },
  { kind: 'NOTIFICATION_KIND_CONTACT_DUE', label: m.notification_kind_contact },
  { kind: 'NOTIFICATION_KIND_TASK_DUE', label: m.notification_kind_task_due },
  { kind: 'NOTIFICATION_KIND_SCHEDULE_SOON', label: m.notification_kind_schedule },
  { kind: 'NOTIFICATION_KIND_LOG_MISSING', label: m.notification_kind_log_missing },
  { kind: 'NOTIFICATION_KIND_LOG_COMMENTED', label: m.notification_kind_log_commented },
  { kind: 'NOTIFICATION_KIND_INSTALMENT_OVERDUE', label: m.notification_kind_overdue },
  { kind: 'NOTIFICATION_KIND_MENTIONED', label: m.notification_kind_mentioned },
  { kind: 'NOTIFICATION_KIND_COMMENTED', label: m.notification_kind_commented },
  { kind: 'NOTIFICATION_KIND_CUSTOMER_WROTE', label: m.notification_kind_customer_wrote },
  {
    kind: 'NOTIFICATION_KIND_WEBHOOK_STOPPED',
    label: m.notification_kind_webhook_stopped,
    permission: 'partner.manage',
  },
];

const SENTENCES: Record<Kind, (news: Notification) => string> = {
  NOTIFICATION_KIND_TASK_ASSIGNED: () => m.notification_task(),
  NOTIFICATION_KIND_RECORD_HANDED: ({ recordNoun, count }) =>
    count > 1
      ? m.notification_handed_many({ count: String(count), nouns: pluralOf(recordNoun) })
      : m.notification_handed({ noun: nounWithin(recordNoun) }),
  NOTIFICATION_KIND_APPROVAL_ASKED: () => m.notification_asked(),
  NOTIFICATION_KIND_APPROVAL_DECIDED: () => m.notification_decided(),
  NOTIFICATION_KIND_CONTACT_DUE: ({ recordNoun }) => m.notification_contact({ noun: nounWithin(recordNoun) }),
  NOTIFICATION_KIND_TASK_DUE: () => m.notification_task_due(),
  NOTIFICATION_KIND_SCHEDULE_SOON: () => m.notification_schedule(),
  NOTIFICATION_KIND_LOG_MISSING: () => m.notification_log_missing(),
  NOTIFICATION_KIND_LOG_COMMENTED: () => m.notification_log_commented(),
  NOTIFICATION_KIND_INSTALMENT_OVERDUE: () => m.notification_overdue(),
  NOTIFICATION_KIND_MENTIONED: ({ recordNoun }) => m.notification_mentioned({ noun: nounWithin(recordNoun) }),
  NOTIFICATION_KIND_COMMENTED: ({ recordNoun }) => m.notification_commented({ noun: nounWithin(recordNoun) }),
  NOTIFICATION_KIND_CUSTOMER_WROTE: () => m.notification_customer_wrote(),
  NOTIFICATION_KIND_WEBHOOK_STOPPED: () => m.notification_webhook_stopped(),
};

/** What happened, as a sentence without who did it. */
export const sentenceOf = (news: Notification): string => SENTENCES[news.kind as Kind](news);

const NAMELESS: ReadonlySet<string> = new Set(['approval', 'work_log', 'partner']);

/** The record has a name that the reader may look up; several have none in common. */
export const hasName = ({ recordNoun, count }: Notification): boolean => count === 1 && !NAMELESS.has(recordNoun);

const OF_COMMENTS: ReadonlySet<Notification['kind']> = new Set([
  'NOTIFICATION_KIND_MENTIONED',
  'NOTIFICATION_KIND_COMMENTED',
] as const);

/** Where one goes from it. */
export function hrefOf({ kind, recordNoun, recordId, count }: Notification): string {
  if (kind === 'NOTIFICATION_KIND_APPROVAL_ASKED') return '/approvals?box=TO_DECIDE';
  if (kind === 'NOTIFICATION_KIND_APPROVAL_DECIDED') return '/approvals?box=ASKED';
  if (kind === 'NOTIFICATION_KIND_LOG_MISSING') return '/work-logs';
  if (kind === 'NOTIFICATION_KIND_LOG_COMMENTED') return `/work-logs/${recordId}`;
  if (kind === 'NOTIFICATION_KIND_WEBHOOK_STOPPED') return `/settings/partners/${recordId}`;
  if (OF_COMMENTS.has(kind)) return `${recordPath(recordNoun, recordId) ?? '/notifications'}?tab=comments`;
  const entry = NOUNS.find(({ noun }) => noun === recordNoun);
  const mine = new URLSearchParams({ filter: 'owner_id = me()' });
  if (count > 1 && entry) return `${pathOf(entry)}?${mine}`;
  return recordPath(recordNoun, recordId) ?? '/notifications';
}

export async function listNotifications(unread: boolean, token: string) {
  const query = { pageSize: 50, ...(unread ? { unread } : {}), ...(token ? { pageToken: token } : {}) };
  const { notifications, nextPageToken } = await body(api.GET('/v1/notifications', { params: { query } }));
  return { rows: notifications, next: nextPageToken };
}

export const markRead = (id: string) => body(api.POST('/v1/notifications:markRead', { body: { ids: [id] } }));

/** A call marks some hundred; the rest by the next. */
export async function markAllRead(): Promise<void> {
  let more = true;
  while (more) more = (await body(api.POST('/v1/notifications:markRead', { body: { all: true } }))).more;
}
