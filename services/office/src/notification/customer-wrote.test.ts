import { serviceCaller } from '@pelagic/chassis/caller';
import { uuidv7, type EventEnvelope } from '@pelagic/chassis/outbox';
import { runAs } from '@pelagic/chassis/testing/callers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startOfficeService, tasksOf } from '../testing.ts';
import { tellCustomerWrote } from './customer-wrote.reactions.ts';

let started: Awaited<ReturnType<typeof startOfficeService>>;

beforeAll(async () => {
  started = await startOfficeService();
});
afterAll(() => started.stop());

const NOW = Date.parse('2026-11-20T08:00:00Z');
const ticketId = uuidv7();
const added = (ticketOwnerId: string | undefined, kind: string, time = '2026-11-20T07:59:00Z'): EventEnvelope =>
  ({
    type: 'crm.ticket.ticket_message.added.v1',
    time,
    data: { ticketMessage: { id: uuidv7(), ticketId, kind: `TICKET_MESSAGE_KIND_${kind}` }, ticketOwnerId },
  }) as unknown as EventEnvelope;

it('whose ticket it is hears of each message of the customer, once, and of nothing that colleagues write', async () => {
  const ann = await started.person({ permissions: tasksOf('OWN') });
  const take = (event: EventEnvelope) =>
    runAs(serviceCaller('office'), () => started.database.transact((tx) => tellCustomerWrote(tx, event, NOW)));
  const wrote = added(ann.id, 'CUSTOMER');
  await take(wrote);
  await take(wrote);
  await take(added(ann.id, 'CUSTOMER'));
  await take(added(ann.id, 'NOTE'));
  await take(added(ann.id, 'ANSWER'));
  await take(added(undefined, 'CUSTOMER'));
  await take(added(ann.id, 'CUSTOMER', '2026-11-18T08:00:00Z'));
  const page = { unread: false, pageSize: 50, pageToken: '', count: false };
  const { notifications } = await ann.notifications.listNotifications(page);
  expect(notifications.map(({ kind, recordNoun, recordId }) => [kind, recordNoun, recordId])).toEqual([
    ['NOTIFICATION_KIND_CUSTOMER_WROTE', 'ticket', ticketId],
    ['NOTIFICATION_KIND_CUSTOMER_WROTE', 'ticket', ticketId],
  ]);
});
