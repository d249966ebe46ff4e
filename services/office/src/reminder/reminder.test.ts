import { Schedule } from '@pelagic/proto/crm/office/v1/schedule';
import { Task } from '@pelagic/proto/crm/office/v1/task';
import { serviceCaller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { runAs } from '@pelagic/chassis/testing/callers';
import { afterAll, beforeEach, beforeAll, describe, expect, it } from 'vitest';
import { takeFollowUps } from '../follow-up/follow-up.ts';
import { startOfficeService, tasksOf } from '../testing.ts';
import { fireReminders } from './fire-reminders.ts';

type Started = Awaited<ReturnType<typeof startOfficeService>>;
type Person = Awaited<ReturnType<Started['person']>>;

let started: Started;
let ann: Person;
let bob: Person;

beforeAll(async () => {
  started = await startOfficeService();
});
afterAll(() => started.stop());
beforeEach(async () => {
  const permissions = { ...tasksOf('ALL'), ...tasksOf('ALL', 'schedule'), 'activity.read': 'ALL' as const };
  [ann, bob] = [await started.person({ permissions }), await started.person({ permissions })];
  await started.database.sql.deleteFrom('reminder').execute();
});

const asService = <T>(work: () => Promise<T>) => runAs(serviceCaller('office'), work);
const inTx = <T>(work: (tx: Tx) => Promise<T>) => asService(() => started.database.transact(work));
const fire = (at: string) => asService(() => fireReminders(started.service, new Date(at)));
const toldTo = async (person: Person) =>
  (
    await person.notifications.listNotifications({ unread: false, pageSize: 50, pageToken: '', count: false })
  ).notifications.map(({ kind, recordId }) => [kind.replace('NOTIFICATION_KIND_', ''), recordId]);

/** 09:00 in Shanghai, and the minute before. */
const [MORNING, BEFORE] = ['2030-03-04T01:00:00Z', '2030-03-04T00:59:00Z'];
const subjectId = uuidv7();
const followUp = (fields: object = {}) => {
  const id = uuidv7();
  const state = {
    ownerId: ann.id,
    departmentId: ann.departmentId,
    kind: 'ACTIVITY_KIND_CALL',
    subjectNoun: 'lead',
    subjectId,
    happenTime: '2030-03-01T02:00:00Z',
    nextContactDate: '2030-03-04',
    ...fields,
  };
  return { id, version: 1, state };
};
const take = async (one: ReturnType<typeof followUp>, change: object = {}) => {
  Object.assign(one.state, change);
  await inTx((tx) => takeFollowUps(tx, [one]));
  return one;
};
const makeTask = async (fields: object = {}) =>
  (
    await ann.tasks.createTask({
      task: Task.fromJSON({ name: '报价', dueDate: '2030-03-04', ...fields }),
      requestId: '',
      validateOnly: false,
    })
  ).task!;
const plan = async (fields: object = {}) =>
  (
    await ann.schedules.createSchedule({
      schedule: Schedule.fromJSON({
        name: '例会',
        startTime: '2030-03-04T02:00:00Z',
        endTime: '2030-03-04T03:00:00Z',
        reminderMinutes: 60,
        ...fields,
      }),
      requestId: '',
      validateOnly: false,
    })
  ).schedule!;

describe('a reminder', () => {
  it('comes at nine of the promised day, once, to who made the promise', async () => {
    await take(followUp());
    expect(await fire(BEFORE)).toBe(0);
    expect(await fire(MORNING)).toBe(1);
    expect(await fire(MORNING)).toBe(0);
    expect(await toldTo(ann)).toEqual([['CONTACT_DUE', subjectId]]);
    expect(await toldTo(bob)).toEqual([]);
  });

  it('moves with the date, and goes with it and with the follow-up', async () => {
    const moved = await take(followUp());
    await take(moved, { nextContactDate: '2030-03-06' });
    const gone = await take(followUp({ subjectId: uuidv7() }));
    await take(gone, { nextContactDate: undefined });
    const back = await take(followUp({ subjectId: uuidv7() }));
    await take(back, { deleteTime: '2030-03-01T03:00:00Z' });
    expect(await fire(MORNING)).toBe(0);
    expect(await fire('2030-03-06T01:00:00Z')).toBe(1);
    expect(await toldTo(ann)).toHaveLength(1);
  });

  it.each([
    ['a later promise', { nextContactDate: '2030-03-09', happenTime: '2030-03-02T02:00:00Z' }, 0],
    ['a contact on the day', { nextContactDate: undefined, happenTime: '2030-03-03T16:30:00Z' }, 0],
    ['a contact before the day', { nextContactDate: undefined, happenTime: '2030-03-03T15:30:00Z' }, 1],
    [
      'a note on the day',
      { nextContactDate: undefined, happenTime: '2030-03-03T16:30:00Z', kind: 'ACTIVITY_KIND_NOTE' },
      1,
    ],
    [
      'somebody else’s promise',
      { nextContactDate: '2030-03-09', happenTime: '2030-03-02T02:00:00Z', ownerId: uuidv7() },
      1,
    ],
  ])('after %s', async (_what, later, told) => {
    const subject = uuidv7();
    await take(followUp({ subjectId: subject }));
    await take(followUp({ subjectId: subject, ...later }));
    await fire(MORNING);
    expect(await toldTo(ann)).toHaveLength(told);
  });

  it('of a task comes at its time or in the morning, to who does it, as long as it is open', async () => {
    const morning = await makeTask();
    const noon = await makeTask({ dueClock: '12:00' });
    const done = await makeTask();
    await ann.tasks.setTaskState({ id: done.id, state: 'TASK_STATE_DONE' as never, version: 0 });
    const binned = await makeTask();
    await ann.tasks.deleteTask({ id: binned.id, version: 0 });
    const given = await makeTask();
    await ann.tasks.assignTask({ id: given.id, ownerId: bob.id, version: 0, reason: '' });
    await fire(MORNING);
    expect(await toldTo(ann)).toEqual([['TASK_DUE', morning.id]]);
    expect(await toldTo(bob)).toContainEqual(['TASK_DUE', given.id]);
    await fire('2030-03-04T04:00:00Z');
    expect(await toldTo(ann)).toContainEqual(['TASK_DUE', noon.id]);
    await ann.tasks.setTaskState({ id: done.id, state: 'TASK_STATE_OPEN' as never, version: 0 });
    expect(await fire(MORNING)).toBe(1);
  });

  it('of a schedule comes before it, to all whose calendar it stands in, and moves with it', async () => {
    const meeting = await plan({ participantIds: [bob.id] });
    await plan({ reminderMinutes: undefined });
    const moved = await plan();
    await ann.schedules.updateSchedule({
      id: moved.id,
      schedule: Schedule.fromJSON({ startTime: '2030-03-04T02:30:00Z' }),
      updateMask: ['startTime'],
    });
    await fire(MORNING);
    for (const person of [ann, bob]) expect(await toldTo(person)).toEqual([['SCHEDULE_SOON', meeting.id]]);
    await fire('2030-03-04T01:30:00Z');
    expect(await toldTo(ann)).toContainEqual(['SCHEDULE_SOON', moved.id]);
  });

  it('that is due and not told yet is not lost when its record is changed in that moment', async () => {
    const meeting = await plan();
    const [due, start, end] = [-2_000, 3_598_000, 7_200_000].map((ms) => new Date(Date.now() + ms));
    const times = { start_time: start, end_time: end };
    await started.database.sql.updateTable('schedule').set(times).where('id', '=', meeting.id).execute();
    await started.database.sql
      .updateTable('reminder')
      .set({ fire_time: due })
      .where('source_id', '=', meeting.id)
      .execute();
    const changed = { id: meeting.id, schedule: Schedule.fromJSON({ note: '带合同' }), updateMask: ['note'] };
    await ann.schedules.updateSchedule(changed);
    const now = new Date().toISOString();
    expect(await fire(now)).toBe(1);
    expect(await toldTo(ann)).toEqual([['SCHEDULE_SOON', meeting.id]]);
    await ann.schedules.updateSchedule(changed);
    expect(await fire(now)).toBe(0);
  });

  it('is not made for what is past, nor sent to who has left or muted it', async () => {
    await take(followUp({ nextContactDate: '2020-03-04', happenTime: '2020-03-01T02:00:00Z' }));
    await makeTask({ dueDate: '2020-03-04' });
    expect(await fire(MORNING)).toBe(0);
    await makeTask({ ownerId: bob.id });
    await plan();
    await ann.notifications.updateNotificationSettings({ muted: ['NOTIFICATION_KIND_SCHEDULE_SOON' as never] });
    await started.database.sql
      .updateTable('directory_employee')
      .set({ state: 'EMPLOYEE_STATE_LEFT' })
      .where('id', '=', bob.id)
      .execute();
    expect(await fire(MORNING)).toBe(2);
    expect(await toldTo(ann)).toEqual([]);
    expect((await toldTo(bob)).filter(([kind]) => kind === 'TASK_DUE')).toEqual([]);
  });

  it('is neither lost nor told twice when who tells it dies, and when many tell at once', async () => {
    for (let count = 0; count < 120; count += 1) await take(followUp({ subjectId: uuidv7() }));
    const dying = inTx(async (tx) => {
      await fireReminders(
        { ...started.service, database: { ...started.database, transact: (work) => work(tx) } },
        new Date(MORNING),
      );
      throw new Error('killed before the commit');
    });
    await expect(dying).rejects.toThrow('killed');
    expect(await toldTo(ann)).toEqual([]);
    const rounds = await Promise.all(Array.from({ length: 6 }, () => fire(MORNING)));
    expect(rounds.reduce((sum, taken) => sum + taken, 0) + (await fire(MORNING))).toBe(120);
    const { rows } = await started.database.sql
      .selectFrom('notification')
      .select((on) => [on.fn.countAll().as('n'), on.fn.count('cause').distinct().as('causes')])
      .where('employee_id', '=', ann.id)
      .execute()
      .then((found) => ({ rows: found }));
    expect(rows.map(({ n, causes }) => [Number(n), Number(causes)])).toEqual([[120, 120]]);
  });
});

describe('promised contacts', () => {
  const ask = async (person: Person, employeeId = '', fromDate = '2030-03-01', untilDate = '2030-03-31') =>
    (await person.calendar.listPromisedContacts({ employeeId, fromDate, untilDate })).promisedContacts;

  it('are those of a person on records that the caller sees', async () => {
    const [seen, hidden] = [uuidv7(), uuidv7()];
    started.shown.add(seen);
    const shown = await take(followUp({ subjectId: seen, subjectNoun: 'lead' }));
    await take(followUp({ subjectId: hidden }));
    const own = [{ activityId: shown.id, employeeId: ann.id, date: '2030-03-04', recordNoun: 'lead', recordId: seen }];
    expect(await ask(ann)).toEqual(own);
    expect(await ask(bob, ann.id)).toEqual(own);
    expect(await ask(bob)).toEqual([]);
    expect(await ask(ann, '', '2030-03-05')).toEqual([]);
    const stranger = await started.person({ permissions: { 'schedule.read': 'OWN', 'activity.read': 'ALL' } });
    expect(await ask(stranger, ann.id)).toEqual([]);
  });

  it('are not told to whom the next contact is hidden, nor for years at once', async () => {
    const seen = uuidv7();
    started.shown.add(seen);
    await take(followUp({ subjectId: seen }));
    const permissions = { 'schedule.read': 'ALL', 'activity.read': 'ALL' } as const;
    const blind = await started.person({ permissions, fields: { activity: { hidden: ['nextContactDate'] } } });
    expect(await ask(blind, ann.id)).toEqual([]);
    const without = await started.person({ permissions: { 'schedule.read': 'ALL' } });
    expect(await ask(without, ann.id)).toEqual([]);
    for (const [from, until] of [
      ['2030-03-04', '2030-03-03'],
      ['2030-03-04', '2030-06-04'],
    ])
      await expect(ask(ann, '', from, until)).rejects.toMatchObject({ fields: [{ field: 'untilDate' }] });
  });
});
