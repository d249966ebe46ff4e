import { serviceCaller } from '@pelagic/chassis/caller';
import { today } from '@pelagic/chassis/enterprise';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { runAs, type TestPerson } from '@pelagic/chassis/testing/callers';
import { workingTime } from '@pelagic/capabilities/calendar/working-time';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { takeFollowUps } from '../follow-up/follow-up.ts';
import { startOfficeService } from '../testing.ts';
import { remindOfLogs } from './log-reminders.ts';
import { isLate, isWorkingDay, workingDayBefore } from './work-log.ts';

type Started = Awaited<ReturnType<typeof startOfficeService>>;
type Person = Awaited<ReturnType<Started['person']>>;

let started: Started;
let ann: Person;
let boss: Person;

const LOGGING = uuidv7();
const writer = async (rights: Partial<TestPerson> = {}) => {
  const permissions = { 'work_log.write': 'OWN', 'work_log.read': 'OWN' } as const;
  const person = await started.person({ permissions, ...rights });
  await started.database.sql
    .insertInto('reporting_employee')
    .values({ id: person.id, role_ids: [LOGGING], active: true })
    .execute();
  return person;
};

beforeAll(async () => {
  started = await startOfficeService();
  await started.database.sql
    .insertInto('reporting_role')
    .values({ id: LOGGING, administers: false, logs: true })
    .execute();
});
afterAll(() => started.stop());
beforeEach(async () => {
  ann = await writer();
  boss = await started.person({ permissions: { 'work_log.read': 'SUBORDINATES' }, subordinateIds: [ann.id] });
});

const asService = <T>(work: () => Promise<T>) => runAs(serviceCaller('office'), work);
const noon = (date: string) => `${date}T04:00:00Z`;
const followUp = async (person: Person, date: string, more: object = {}) => {
  const id = uuidv7();
  const what = { kind: 'ACTIVITY_KIND_CALL', subjectNoun: 'lead', subjectId: uuidv7(), happenTime: noon(date) };
  const state = { ownerId: person.id, departmentId: person.departmentId, ...what, ...more };
  await asService(() => started.database.transact((tx) => takeFollowUps(tx, [{ id, version: 1, state }])));
  return id;
};
const save = async (person: Person, fields: object = {}) =>
  (await person.logs.saveWorkLog({ date: today(), done: '', plan: '', help: '', submit: false, version: 0, ...fields }))
    .workLog!;
const own = async (person: Person, date = '') => (await person.logs.getOwnWorkLog({ date })).workLog!;
const listed = async (person: Person) =>
  (await person.logs.listWorkLogs({ pageSize: 0, pageToken: '', filter: '', count: false })).workLogs.map(
    ({ id }) => id,
  );
const missing = async (person: Person, departmentId = '') => {
  const answer = await person.logs.listMissingWorkLogs({ date: today(), departmentId });
  return { ...answer, missing: answer.missing.map(({ employeeId }) => employeeId) };
};

describe('a work log', () => {
  it('begins with the follow-ups of its day, and stands once it is submitted', async () => {
    const call = await followUp(ann, today());
    await followUp(ann, '2026-01-05');
    await followUp(boss, today());
    await followUp(ann, today(), { deleteTime: noon(today()) });
    expect(await own(ann)).toMatchObject({ id: '', state: 'WORK_LOG_STATE_DRAFT', items: [{ activityId: call }] });
    const draft = await save(ann, { done: ' 打了电话 ', version: 0 });
    expect(draft).toMatchObject({ done: '打了电话', version: 1 });
    const second = await followUp(ann, today(), { happenTime: noon(today()).replace('T04', 'T05') });
    const sent = await save(ann, { done: '打了两个电话', submit: true, version: 1 });
    expect(sent.items.map(({ activityId }) => activityId)).toEqual([call, second]);
    await followUp(ann, today());
    expect((await own(ann)).items).toHaveLength(2);
    await expect(save(ann, { done: '改' })).rejects.toMatchObject({ reason: 'LOG_SUBMITTED' });
    expect(await started.events(sent.id)).toEqual(
      ['created', 'submitted'].map((verb) => `crm.office.work_log.${verb}.v1`),
    );
  });

  it('is one for each person and day, however many save it at once, and says who was faster', async () => {
    const all = await Promise.all(Array.from({ length: 10 }, () => save(ann, { done: '同一天' })));
    expect(new Set(all.map(({ id }) => id)).size).toBe(1);
    await expect(save(ann, { done: '旧的', version: 7 })).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it.each([
    [{ date: '2030-01-01' }, 'date'],
    [{ date: '2020-01-01' }, 'date'],
    [{ submit: true }, 'done'],
  ])('refuses %j, naming the field', async (fields, field) => {
    await expect(save(ann, fields)).rejects.toMatchObject({ fields: [{ field }] });
  });

  it('is read by whom the scope reaches, once it is submitted, and commented on', async () => {
    const stranger = await writer();
    const { id } = await save(ann, { done: '写方案' });
    await expect(boss.logs.getWorkLog({ id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await listed(ann)).toEqual([id]);
    await save(ann, { done: '写方案', submit: true });
    expect(await listed(boss)).toEqual([id]);
    expect(await listed(stranger)).toEqual([]);
    await expect(stranger.logs.commentWorkLog({ id, text: 'x' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(boss.logs.commentWorkLog({ id, text: ' ' })).rejects.toMatchObject({ fields: [{ field: 'text' }] });
    await boss.logs.commentWorkLog({ id, text: '很好' });
    const { workLog } = await ann.logs.commentWorkLog({ id, text: '谢谢' });
    expect(workLog!.comments.map(({ employeeId, text }) => [employeeId, text])).toEqual([
      [boss.id, '很好'],
      [ann.id, '谢谢'],
    ]);
    for (const person of [ann, boss]) {
      const { notifications } = await person.notifications.listNotifications({
        ...{ unread: true, pageSize: 0, pageToken: '', count: false },
      });
      expect(notifications).toMatchObject([{ kind: 'NOTIFICATION_KIND_LOG_COMMENTED', recordId: id }]);
    }
  });

  it('is missed of those who may write one, as far as the reader’s scope reaches', async () => {
    expect(await missing(boss)).toMatchObject({ missing: [ann.id], submittedCount: 0 });
    expect((await missing(boss, uuidv7())).missing).toEqual([]);
    expect((await missing(boss, ann.departmentId)).missing).toEqual([ann.id]);
    await save(ann, { done: '完成', submit: true });
    expect(await missing(boss)).toMatchObject({ missing: [], submittedCount: 1 });
  });
});

const WEEK = [1, 2, 3, 4, 5].map((weekday) => ({ weekday, from: '09:00', to: '18:00' }));
const TIME = workingTime({
  timeZone: 'Asia/Shanghai',
  week: WEEK,
  exceptions: [{ date: '2030-03-08', name: '', hours: [] }],
} as never);

describe('the time for a log', () => {
  it('ends at nine of the next working day', () => {
    expect(isWorkingDay(TIME, '2030-03-07')).toBe(true);
    expect(isWorkingDay(TIME, '2030-03-08')).toBe(false);
    expect(workingDayBefore(TIME, '2030-03-11')).toBe('2030-03-07');
    // The seventh is a Thursday before a long weekend: until Monday, 09:00 in Shanghai.
    expect(isLate(TIME, '2030-03-07', new Date('2030-03-11T00:59:00Z'))).toBe(false);
    expect(isLate(TIME, '2030-03-07', new Date('2030-03-11T01:00:00Z'))).toBe(true);
    expect(isLate(TIME, '2030-03-07', new Date('2030-03-12T00:00:00Z'))).toBe(true);
  });

  it('is followed by a reminder, on working days and once for each day', async () => {
    const told = async (person: Person) =>
      (
        await person.notifications.listNotifications({ unread: false, pageSize: 0, pageToken: '', count: false })
      ).notifications.filter(({ kind }) => kind === 'NOTIFICATION_KIND_LOG_MISSING').length;
    const remind = (at: string) => remindOfLogs(started.service, new Date(at));
    await remind('2030-03-11T00:50:00Z');
    await remind('2030-03-10T02:00:00Z');
    await remind('2030-03-11T12:00:00Z');
    expect(await told(ann)).toBe(0);
    await Promise.all([remind('2030-03-11T01:00:00Z'), remind('2030-03-11T01:00:00Z')]);
    await remind('2030-03-11T01:10:00Z');
    expect(await told(ann)).toBe(1);
    expect(await told(boss)).toBe(0);
    await remind('2030-03-12T01:00:00Z');
    expect(await told(ann)).toBe(2);
  });
});
