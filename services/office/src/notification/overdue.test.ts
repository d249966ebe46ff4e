import { serviceCaller } from '@pelagic/chassis/caller';
import { uuidv7, type EventEnvelope } from '@pelagic/chassis/outbox';
import { runAs } from '@pelagic/chassis/testing/callers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startOfficeService, tasksOf } from '../testing.ts';
import { tellOverdue } from './overdue.reactions.ts';

let started: Awaited<ReturnType<typeof startOfficeService>>;

beforeAll(async () => {
  started = await startOfficeService();
});
afterAll(() => started.stop());

const instalment = (dueDate: string, overdueTime?: string) => ({ id: uuidv7(), dueDate, amount: '1', overdueTime });
const fellDue = (ownerId: string, instalments: object[], before: object[] = []): EventEnvelope =>
  ({
    id: uuidv7(),
    type: 'crm.sales.contract.fell_due.v1',
    noun: 'contract',
    subject: uuidv7(),
    businessdate: '2026-06-02',
    data: { contract: { ownerId, instalments }, before: { instalments: before } },
  }) as unknown as EventEnvelope;

const NOW = '2026-06-01T16:01:00Z';
it.each([
  ['one that fell due the day before', [instalment('2026-06-01', NOW), instalment('2026-09-01')], 1],
  ['two of one contract together', [instalment('2026-05-31', NOW), instalment('2026-06-01', NOW)], 1],
  ['none that was due long ago: history that was brought in', [instalment('2026-05-01', NOW)], 0],
])('the owner of a contract is told of %s', async (_what, instalments, times) => {
  const ann = await started.person({ permissions: tasksOf('ALL') });
  const event = fellDue(ann.id, instalments);
  const take = () => runAs(serviceCaller('office'), () => started.database.transact((tx) => tellOverdue(tx, event)));
  await take();
  await take();
  const page = { unread: false, pageSize: 50, pageToken: '', count: false };
  const { notifications } = await ann.notifications.listNotifications(page);
  expect(notifications.map(({ kind, recordNoun, recordId }) => [kind, recordNoun, recordId])).toEqual(
    Array.from({ length: times }, () => ['NOTIFICATION_KIND_INSTALMENT_OVERDUE', 'contract', event.subject]),
  );
});

it('and not again of one that was overdue before', async () => {
  const ann = await started.person({ permissions: tasksOf('ALL') });
  const known = instalment('2026-06-01', NOW);
  const event = fellDue(ann.id, [known], [known]);
  await runAs(serviceCaller('office'), () => started.database.transact((tx) => tellOverdue(tx, event)));
  const { totalSize } = await ann.notifications.listNotifications({
    unread: false,
    pageSize: 50,
    pageToken: '',
    count: true,
  });
  expect(totalSize).toBe(0);
});
