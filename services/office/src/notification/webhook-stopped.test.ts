import { serviceCaller } from '@pelagic/chassis/caller';
import { uuidv7, type EventEnvelope } from '@pelagic/chassis/outbox';
import { runAs } from '@pelagic/chassis/testing/callers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startOfficeService, tasksOf } from '../testing.ts';
import { tellWebhookStopped } from './webhook-stopped.reactions.ts';

let started: Awaited<ReturnType<typeof startOfficeService>>;

beforeAll(async () => {
  started = await startOfficeService();
});
afterAll(() => started.stop());

const NOW = Date.parse('2026-11-20T08:00:00Z');
const partnerId = uuidv7();
const event = (verb: string, data: object, time = '2026-11-20T07:59:00Z'): EventEnvelope =>
  ({
    id: uuidv7(),
    type: `crm.identity.partner.${verb}.v1`,
    subject: partnerId,
    time,
    data,
  }) as unknown as EventEnvelope;

it('who manages partners hears once of a webhook that stopped by itself, and of nothing else', async () => {
  const [ann, bob] = [
    await started.person({ permissions: tasksOf('OWN') }),
    await started.person({ permissions: tasksOf('OWN') }),
  ];
  const take = (told: EventEnvelope) =>
    runAs(serviceCaller('office'), () => started.database.transact((tx) => tellWebhookStopped(tx, told, NOW)));
  const stopped = event('webhook_stopped', { managerIds: [ann.id, bob.id] });
  await take(stopped);
  await take(stopped);
  await take(event('webhook_stopped', {}));
  await take(event('webhook_started', {}));
  await take(event('webhook_stopped', { managerIds: [ann.id] }, '2026-11-18T08:00:00Z'));
  const page = { unread: false, pageSize: 50, pageToken: '', count: false };
  for (const person of [ann, bob]) {
    const { notifications } = await person.notifications.listNotifications(page);
    expect(notifications.map(({ kind, recordNoun, recordId }) => [kind, recordNoun, recordId])).toEqual([
      ['NOTIFICATION_KIND_WEBHOOK_STOPPED', 'partner', partnerId],
    ]);
  }
});
