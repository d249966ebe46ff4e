import { Schedule } from '@pelagic/proto/crm/office/v1/schedule';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startOfficeService, tasksOf } from '../testing.ts';

type Started = Awaited<ReturnType<typeof startOfficeService>>;
type Person = Awaited<ReturnType<Started['person']>>;

let started: Started;
let ann: Person;
let bob: Person;

beforeAll(async () => {
  started = await startOfficeService();
  ann = await started.person({ permissions: { ...tasksOf('OWN', 'schedule'), 'schedule.assign': 'ALL' } });
  bob = await started.person({ permissions: tasksOf('OWN', 'schedule') });
});
afterAll(() => started.stop());

const TIMES = { startTime: '2030-03-04T02:00:00.000Z', endTime: '2030-03-04T03:30:00.000Z' };
const draft = (fields: object = {}): Schedule => Schedule.fromJSON({ name: '拜访客户', ...TIMES, ...fields });
const create = async (fields: object = {}, person = ann) =>
  (await person.schedules.createSchedule({ schedule: draft(fields), requestId: '', validateOnly: false })).schedule!;
const update = async (id: string, fields: object, updateMask: string[], person = ann) =>
  (await person.schedules.updateSchedule({ id, schedule: draft(fields), updateMask })).schedule!;
const ASKED = { pageSize: 0, pageToken: '', orderBy: '', query: '', deleted: false, count: false };
const list = async (filter: string, person = ann) =>
  (await person.schedules.listSchedules({ ...ASKED, filter })).schedules.map(({ id }) => id);

describe('a schedule', () => {
  it('belongs to who makes it and tells of every change', async () => {
    const made = await create({ place: '三号会议室', reminderMinutes: 15 });
    expect(made).toMatchObject({ ...TIMES, ownerId: ann.id, departmentId: ann.departmentId, reminderMinutes: 15 });
    await update(made.id, { endTime: '2030-03-04T04:00:00Z' }, ['end_time']);
    await ann.schedules.assignSchedule({ id: made.id, ownerId: bob.id, version: 2, reason: '' });
    await bob.schedules.deleteSchedule({ id: made.id, version: 3 });
    expect((await bob.schedules.undeleteSchedule({ id: made.id })).schedule).toMatchObject({ ownerId: bob.id });
    expect(await started.events(made.id)).toEqual(
      ['created', 'updated', 'assigned', 'deleted', 'restored'].map((verb) => `crm.office.schedule.${verb}.v1`),
    );
  });

  it('lasts whole days of the enterprise when it is said to, and stays so when it is written again', async () => {
    // 10:00 on the 4th to 11:30 on the 5th in Shanghai.
    const made = await create({ allDay: true, endTime: '2030-03-05T03:30:00Z' });
    const days = { startTime: '2030-03-03T16:00:00.000Z', endTime: '2030-03-05T16:00:00.000Z' };
    expect(made).toMatchObject(days);
    const { startTime, endTime } = made;
    expect(await update(made.id, { allDay: true, startTime, endTime }, ['all_day', 'start_time', 'end_time'])).toEqual(
      made,
    );
    const oneDay = await create({ allDay: true, endTime: TIMES.startTime });
    expect(oneDay).toMatchObject({ startTime: days.startTime, endTime: '2030-03-04T16:00:00.000Z' });
  });

  it.each([
    [{ name: ' ' }, 'schedule.name'],
    [{ endTime: TIMES.startTime }, 'schedule.endTime'],
    [{ endTime: '2030-03-04T01:00:00Z', allDay: true }, 'schedule.endTime'],
    [{ endTime: '2030-05-04T01:00:00Z' }, 'schedule.endTime'],
    [{ startTime: '1900-05-04T01:00:00Z' }, 'schedule.startTime'],
    [{ endTime: '9999-12-31T23:59:59Z' }, 'schedule.endTime'],
    [{ recordNoun: 'role', recordId: uuidv7() }, 'schedule.recordNoun'],
    [{ recordNoun: 'lead', recordId: uuidv7() }, 'schedule.recordId'],
    [{ participantIds: [uuidv7()] }, 'schedule.participantIds[0]'],
  ])('refuses %j, naming the field', async (fields, field) => {
    const refusal = field.includes('participant') ? /UNAVAILABLE|INVALID_ARGUMENT/ : /INVALID_ARGUMENT/;
    const error = await create(fields).catch((problem: unknown) => problem as { code: string; fields: object[] });
    expect(error).toMatchObject({ code: expect.stringMatching(refusal) });
    if ('fields' in error && error.code === 'INVALID_ARGUMENT') expect(error.fields).toMatchObject([{ field }]);
  });

  it('is seen by who takes part, and by nobody whom neither scope nor part reaches', async () => {
    const cid = await started.person({ permissions: tasksOf('OWN', 'schedule') });
    const boss = await started.person({
      permissions: { 'schedule.read': 'SUBORDINATES' },
      subordinateIds: [ann.id],
    });
    const { id } = await create({ participantIds: [bob.id, bob.id] });
    const window = 'start_time < "2030-03-05T00:00:00Z" AND end_time > "2030-03-04T00:00:00Z"';
    expect(await list(`${window} AND participant_ids:"${bob.id}"`, bob)).toContain(id);
    expect(await list(`${window} AND owner_id = "${ann.id}"`, boss)).toContain(id);
    expect(await list(`id = "${id}"`, cid)).toEqual([]);
    await expect(cid.schedules.getSchedule({ id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(update(id, { note: 'x' }, ['note'], bob)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    await expect(boss.schedules.deleteSchedule({ id, version: 0 })).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    });
  });

  it('is put into the calendar of others only by who may assign', async () => {
    await expect(
      create({ ownerId: ann.id }, await started.person({ permissions: { 'schedule.create': 'OWN' } })),
    ).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    expect((await create({ ownerId: bob.id })).departmentId).toBe(bob.departmentId);
  });
});
