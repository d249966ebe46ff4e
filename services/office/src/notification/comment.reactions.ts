import type { Comment } from '@pelagic/proto/crm/capability/v1/comment';
import type { Consumer } from '@pelagic/chassis/consumer';
import type { Tx } from '@pelagic/chassis/database';
import type { EventEnvelope } from '@pelagic/chassis/outbox';
import type { NotificationKind } from './notification.ts';
import { isNews, notify } from './notify.ts';

/** Those whom the event is the first to name. */
const newlyNamed = ({ data }: EventEnvelope, { mentionIds = [] }: Partial<Comment>): string[] => {
  const before = (data['before'] as Partial<Comment> | undefined)?.mentionIds;
  if (data['before'] && !before) return [];
  return mentionIds.filter((id) => !before?.includes(id));
};

/** Tells who is named in a comment, and whose record it is about when they are not. */
export const tellOfComment = async (tx: Tx, event: EventEnvelope, nowMs: number): Promise<void> => {
  if (event.type.endsWith('.deleted.v1') || event.imported || !isNews(event.time, nowMs)) return;
  const comment = event.data['comment'] as Comment;
  const named = newlyNamed(event, comment);
  const tell = (employeeId: string, kind: NotificationKind) =>
    notify(tx, {
      employeeId,
      kind,
      cause: comment.id,
      recordNoun: comment.recordNoun,
      recordId: comment.recordId,
      actorId: comment.creatorId,
    });
  for (const id of named) await tell(id, 'NOTIFICATION_KIND_MENTIONED');
  const owner = event.data['recordOwnerId'] as string | undefined;
  if (owner && !named.includes(owner)) await tell(owner, 'NOTIFICATION_KIND_COMMENTED');
};

export const commentConsumers: Consumer[] = ['customer', 'sales', 'marketing', 'ticket', 'office'].map((from) => ({
  name: `office_comments-${from}`,
  from,
  subjects: [`crm.${from}.comment.>`],
  react: (tx: Tx, event: EventEnvelope) => tellOfComment(tx, event, Date.now()),
}));
