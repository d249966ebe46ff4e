import { Task } from '@pelagic/proto/crm/office/v1/task';
import { serviceCaller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import type { EventEnvelope } from '@pelagic/chassis/outbox';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { runAs } from '@pelagic/chassis/testing/callers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startOfficeService, tasksOf } from '../testing.ts';
import { tellOwner } from './handed.reactions.ts';
import { notify, type News } from './notify.ts';

type Started = Awaited<ReturnType<typeof startOfficeService>>;
type Person = Awaited<ReturnType<Started['person']>>;

let started: Started;
let ann: Person;
let bob: Person;

beforeAll(async () => {
  started = await startOfficeService();
  ann = await started.person({ permissions: tasksOf('ALL') });
});
afterAll(() => started.stop());

const anew = async () => (bob = await started.person({ permissions: tasksOf('OWN') }));
const inTx = (work: (tx: Tx) => Promise<void>) => runAs(serviceCaller('office'), () => started.database.transact(work));
const list = async (person: Person, unread = false) =>
  await person.notifications.listNotifications({ unread, pageSize: 50, pageToken: '', count: true });
const kinds = async (person: Person) => (await list(person)).notifications.map(({ kind }) => kind);
const create = async (ownerId: string, person = ann) =>
  (
    await person.tasks.createTask({
      task: Task.fromJSON({ name: '回访', ownerId }),
      requestId: '',
      validateOnly: false,
    })
  ).task!;

const NOW = Date.parse('2026-11-20T08:00:00Z');
const assigned = (ownerId: string, more: object = {}): EventEnvelope =>
  ({
    type: 'crm.customer.lead.assigned.v1',
    noun: 'lead',
    subject: uuidv7(),
    time: '2026-11-20T07:59:00Z',
    actorid: ann.id,
    actorkind: 'employee',
    data: { lead: { ownerId }, before: { ownerId: ann.id } },
    ...more,
  }) as unknown as EventEnvelope;

describe('a notification', () => {
  it('tells who has a task from somebody else, and nobody of their own doing', async () => {
    await anew();
    const { id } = await create(bob.id);
    await create(bob.id, await started.person({ permissions: { ...tasksOf('ALL') } }));
    await create(ann.id);
    expect(await kinds(bob)).toEqual(['NOTIFICATION_KIND_TASK_ASSIGNED', 'NOTIFICATION_KIND_TASK_ASSIGNED']);
    expect(await kinds(ann)).toEqual([]);
    await ann.tasks.assignTask({ id, ownerId: bob.id, version: 0, reason: '' });
    expect((await list(bob)).totalSize).toBe(2);
    const [, first] = (await list(bob)).notifications;
    expect(first).toMatchObject({ recordNoun: 'task', recordId: id, actorId: ann.id, count: 1, employeeId: bob.id });
    expect(await started.events(first!.id)).toEqual(['crm.office.notification.created.v1']);
  });

  it('is told once however many tell it at once', async () => {
    await anew();
    const news: News = {
      employeeId: bob.id,
      kind: 'NOTIFICATION_KIND_TASK_ASSIGNED',
      cause: 'same',
      recordNoun: 'task',
      recordId: uuidv7(),
      actorId: ann.id,
    };
    await Promise.all(Array.from({ length: 20 }, () => inTx((tx) => notify(tx, news))));
    expect((await list(bob)).notifications).toMatchObject([{ count: 1, version: 1 }]);
  });

  it('gathers what one hand gives within ten minutes, and is unread again with each', async () => {
    await anew();
    for (let turn = 0; turn < 3; turn += 1) await inTx((tx) => tellOwner(tx, assigned(bob.id), NOW));
    const [one, ...others] = (await list(bob)).notifications;
    expect(others).toEqual([]);
    expect(one).toMatchObject({ kind: 'NOTIFICATION_KIND_RECORD_HANDED', recordNoun: 'lead', count: 3 });
    await bob.notifications.markNotificationsRead({ ids: [one!.id], all: false });
    expect((await list(bob, true)).totalSize).toBe(0);
    await inTx((tx) => tellOwner(tx, assigned(bob.id), NOW));
    expect((await list(bob, true)).notifications).toMatchObject([{ count: 4 }]);
  });

  it.each([
    ['of another verb', { type: 'crm.customer.lead.updated.v1' }],
    ['of a department that moved', { data: { lead: { ownerId: 'x' }, before: { departmentId: 'y' } } }],
    ['of what went to nobody', { data: { lead: {}, before: { ownerId: 'y' } } }],
    ['of what was brought in', { imported: 'true' }],
    ['of what is long past', { time: '2026-11-18T07:59:00Z' }],
    ['without the values before', { data: { lead: { ownerId: 'x' } } }],
  ])('is not told %s', async (_what, more) => {
    await anew();
    const data = JSON.parse(
      JSON.stringify((more as { data?: object }).data ?? assigned(bob.id).data).replace('"x"', `"${bob.id}"`),
    );
    await inTx((tx) => tellOwner(tx, assigned(bob.id, { ...more, data }), NOW));
    expect(await kinds(bob)).toEqual([]);
  });

  it('is of its own person only, to read and to mark', async () => {
    await anew();
    await create(bob.id);
    const [one] = (await list(bob)).notifications;
    await ann.notifications.markNotificationsRead({ ids: [one!.id], all: false });
    await ann.notifications.markNotificationsRead({ ids: [], all: true });
    expect((await list(bob, true)).totalSize).toBe(1);
    expect(await bob.notifications.markNotificationsRead({ ids: [], all: true })).toEqual({ more: false });
    await bob.notifications.markNotificationsRead({ ids: [one!.id], all: false });
    expect((await list(bob, true)).totalSize).toBe(0);
    expect(await started.events(one!.id)).toEqual([
      'crm.office.notification.created.v1',
      'crm.office.notification.read.v1',
    ]);
  });

  it('keeps quiet about the kinds that somebody muted', async () => {
    await anew();
    const muted = ['NOTIFICATION_KIND_TASK_ASSIGNED', 'NOTIFICATION_KIND_TASK_ASSIGNED'] as never[];
    expect(await bob.notifications.updateNotificationSettings({ muted })).toEqual({
      muted: muted.slice(1),
      dailyMail: false,
    });
    await create(bob.id);
    await inTx((tx) => tellOwner(tx, assigned(bob.id), NOW));
    expect(await kinds(bob)).toEqual(['NOTIFICATION_KIND_RECORD_HANDED']);
    await bob.notifications.updateNotificationSettings({ muted: [] });
    await create(bob.id);
    expect((await list(bob)).totalSize).toBe(2);
    await expect(
      bob.notifications.updateNotificationSettings({ muted: ['NOTIFICATION_KIND_UNSPECIFIED'] as never }),
    ).rejects.toMatchObject({ fields: [{ field: 'muted[0]' }] });
  });
});
