import { Schedule } from '@pelagic/proto/crm/office/v1/schedule';
import { Task } from '@pelagic/proto/crm/office/v1/task';
import { serviceCaller } from '@pelagic/chassis/caller';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { runAs } from '@pelagic/chassis/testing/callers';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { takeFollowUps } from '../follow-up/follow-up.ts';
import { startOfficeService, tasksOf } from '../testing.ts';
import { writeDailyMail } from './daily-mail.ts';
import { notify } from './notify.ts';

type Started = Awaited<ReturnType<typeof startOfficeService>>;
type Person = Awaited<ReturnType<Started['person']>>;

let started: Started;
let ann: Person;

beforeAll(async () => {
  started = await startOfficeService();
});
afterAll(() => started.stop());

/** A Monday in Shanghai, at ten past eight. */
const MORNING = '2030-03-04T00:10:00Z';

const employed = async (): Promise<Person> => {
  const person = await started.person({ permissions: { ...tasksOf('ALL'), ...tasksOf('ALL', 'schedule') } });
  await started.database.sql
    .updateTable('directory_employee')
    .set({ email: `${person.id}@example.com`, name: '安妮' })
    .where('id', '=', person.id)
    .execute();
  return person;
};
const subscribe = (person: Person) => person.notifications.updateNotificationSettings({ muted: [], dailyMail: true });

beforeEach(async () => {
  await sql`truncate mail, daily_mail`.execute(started.database.sql);
  ann = await employed();
  await subscribe(ann);
  await sql`update daily_mail set last_date = null, locale = 'zh-CN'`.execute(started.database.sql);
});

const write = (at: string) => runAs(serviceCaller('office'), () => writeDailyMail(started.service, new Date(at)));
const mails = async (person = ann) =>
  (
    await sql<{ subject: string; body: string }>`
      select subject, body from mail where recipient = ${`${person.id}@example.com`} order by create_time`.execute(
      started.database.sql,
    )
  ).rows;
const task = (dueDate: string) =>
  ann.tasks.createTask({ task: Task.fromJSON({ name: '机密报价', dueDate }), requestId: '', validateOnly: false });
const meeting = (startTime: string, endTime: string) =>
  ann.schedules.createSchedule({
    schedule: Schedule.fromJSON({ name: '例会', startTime, endTime }),
    requestId: '',
    validateOnly: false,
  });
const promise = (nextContactDate: string) =>
  runAs(serviceCaller('office'), () =>
    started.database.transact((tx) =>
      takeFollowUps(tx, [
        {
          ...{ id: uuidv7(), version: 1 },
          state: {
            ...{ ownerId: ann.id, departmentId: ann.departmentId, kind: 'ACTIVITY_KIND_CALL', nextContactDate },
            ...{ subjectNoun: 'lead', subjectId: uuidv7(), happenTime: '2030-03-01T02:00:00Z' },
          },
        },
      ]),
    ),
  );
const tell = () =>
  runAs(serviceCaller('office'), () =>
    started.database.transact((tx) =>
      notify(tx, {
        ...{ employeeId: ann.id, kind: 'NOTIFICATION_KIND_MENTIONED', cause: uuidv7(), actorId: undefined },
        ...{ recordNoun: 'lead', recordId: uuidv7() },
      }),
    ),
  );

describe('the mail of the morning', () => {
  it('says how much waits and what the day holds, and nothing of what it is', async () => {
    await task('2030-03-04');
    await task('2030-03-01');
    await task('2030-03-05');
    await meeting('2030-03-04T02:00:00Z', '2030-03-04T03:00:00Z');
    await meeting('2030-03-04T17:00:00Z', '2030-03-04T18:00:00Z');
    await promise('2030-03-04');
    await tell();
    await write(MORNING);
    expect(await mails()).toEqual([
      {
        subject: '今日提醒：5 项',
        body: [
          '安妮，早上好：',
          '已逾期的任务：1 项\n今天到期的任务：1 项\n今天的日程：1 项\n约定今天联系：1 个\n未读通知：1 条',
          '不想再收到这封邮件，可在“通知设置”中关闭。',
        ].join('\n\n'),
      },
    ]);
  });

  it('comes once, however many look at the same time, and again on the next working day', async () => {
    const people = await Promise.all(Array.from({ length: 120 }, employed));
    for (const person of people) await subscribe(person);
    await sql`update daily_mail set last_date = null`.execute(started.database.sql);
    await sql`insert into task (id, version, number, name, state, priority, due_date, owner_id, department_id, create_time, update_time)
      select uuidv7(), 1, id::text, 'x', 'TASK_STATE_OPEN', '', '2030-03-04', id, department_id, now(), now()
      from directory_employee where department_id is not null`.execute(started.database.sql);
    await Promise.all([write(MORNING), write(MORNING), write(MORNING)]);
    for (const person of people) expect(await mails(person)).toHaveLength(1);
    await write('2030-03-04T02:00:00Z');
    await write('2030-03-05T00:10:00Z');
    expect(await mails(people[0])).toHaveLength(2);
  });

  it.each([
    ['before eight', '2030-03-03T23:50:00Z'],
    ['after the morning', '2030-03-04T04:10:00Z'],
    ['on a Sunday', '2030-03-03T00:10:00Z'],
    ['on a holiday', '2030-03-08T00:10:00Z'],
  ])('does not come %s', async (_, at) => {
    await task('2030-03-01');
    await write(at);
    expect(await mails()).toEqual([]);
  });

  it('does not come with nothing to say, without an address, to who has left, or once it is turned off', async () => {
    await write(MORNING);
    expect(await mails()).toEqual([]);
    await task('2030-03-01');
    const set = (values: object) =>
      started.database.sql.updateTable('directory_employee').set(values).where('id', '=', ann.id).execute();
    await set({ email: null });
    await write('2030-03-05T00:10:00Z');
    await set({ email: `${ann.id}@example.com`, state: 'EMPLOYEE_STATE_LEFT' });
    await write('2030-03-06T00:10:00Z');
    await set({ state: 'EMPLOYEE_STATE_ACTIVE' });
    const { muted } = await ann.notifications.updateNotificationSettings({ muted: [], dailyMail: false });
    expect(muted).toEqual([]);
    await write('2030-03-07T00:10:00Z');
    expect(await mails()).toEqual([]);
  });

  it('is a choice that others of the settings leave alone', async () => {
    const settings = () => ann.notifications.getNotificationSettings({});
    await ann.notifications.updateNotificationSettings({ muted: ['NOTIFICATION_KIND_COMMENTED' as never] });
    expect(await settings()).toEqual({ muted: ['NOTIFICATION_KIND_COMMENTED'], dailyMail: true });
    await ann.notifications.updateNotificationSettings({ muted: [], dailyMail: false });
    expect(await settings()).toEqual({ muted: [], dailyMail: false });
  });

  it('is refused to who has no address, and nothing else of the settings is changed', async () => {
    const bob = await started.person({ permissions: {} });
    await started.database.sql
      .updateTable('directory_employee')
      .set({ email: null })
      .where('id', '=', bob.id)
      .execute();
    await expect(
      bob.notifications.updateNotificationSettings({
        muted: ['NOTIFICATION_KIND_COMMENTED' as never],
        dailyMail: true,
      }),
    ).rejects.toMatchObject({ fields: [{ field: 'dailyMail', reason: 'NO_MAIL_ADDRESS' }] });
    expect(await bob.notifications.getNotificationSettings({})).toEqual({ muted: [], dailyMail: false });
  });
});
