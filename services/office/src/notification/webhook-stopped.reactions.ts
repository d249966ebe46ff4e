import type { PartnerWebhookStopped } from '@pelagic/proto/crm/identity/v1/partner';
import type { Consumer } from '@pelagic/chassis/consumer';
import type { Tx } from '@pelagic/chassis/database';
import type { EventEnvelope } from '@pelagic/chassis/outbox';
import { isNews, notify } from './notify.ts';

/** Who manages partners hears of a webhook that stopped by itself. */
export const tellWebhookStopped = async (tx: Tx, event: EventEnvelope, nowMs: number): Promise<void> => {
  const { managerIds = [] } = event.data as Partial<PartnerWebhookStopped>;
  if (event.type !== 'crm.identity.partner.webhook_stopped.v1' || !isNews(event.time, nowMs)) return;
  for (const employeeId of managerIds)
    await notify(tx, {
      employeeId,
      kind: 'NOTIFICATION_KIND_WEBHOOK_STOPPED',
      cause: event.id,
      recordNoun: 'partner',
      recordId: event.subject,
      actorId: undefined,
    });
};

export const webhookStoppedConsumer: Consumer = {
  name: 'office_stopped-webhooks',
  from: 'identity',
  subjects: ['crm.identity.partner.>'],
  react: (tx, event) => tellWebhookStopped(tx, event, Date.now()),
};
