import { WorkingCalendar } from '@pelagic/proto/crm/identity/v1/working_calendar';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openOffice, type Office } from '../testing/office.ts';
import { ensureCalendar } from './standard-calendar.ts';

let office: Office;
beforeAll(async () => {
  office = await openOffice('working_calendar');
});
afterAll(() => office.identity.stop());

const WEEK = [
  { weekday: 1, from: '09:00', to: '12:00' },
  { weekday: 1, from: '13:00', to: '18:00' },
];
const draft = (fields: object = {}): WorkingCalendar =>
  WorkingCalendar.fromJSON({ name: '客服', timeZone: 'Asia/Shanghai', week: WEEK, active: true, ...fields });
let names = 0;
const create = async (fields: object = {}) =>
  (
    await office.identity.calendars.createWorkingCalendar(
      { workingCalendar: draft({ name: `客服 ${(names += 1)}`, ...fields }), requestId: '' },
      await office.as(),
    )
  ).workingCalendar!;
/** As a person sends it back. */
const written = ({ id: _id, createTime: _created, updateTime: _updated, ...calendar }: WorkingCalendar) => calendar;
const update = async (calendar: WorkingCalendar, fields: object) =>
  (
    await office.identity.calendars.updateWorkingCalendar(
      { id: calendar.id, workingCalendar: draft({ ...written(calendar), ...fields }) },
      await office.as(),
    )
  ).workingCalendar!;
const list = async (includeInactive = false) =>
  (await office.identity.calendars.listWorkingCalendars({ includeInactive }, await office.as())).workingCalendars;

describe('a working calendar', () => {
  it('is there from the beginning, in the zone of the enterprise', async () => {
    const [standard] = await list();
    expect(standard).toMatchObject({ name: '标准工作日历', timeZone: 'Asia/Shanghai', default: true, active: true });
    expect(standard!.week).toHaveLength(10);
    await ensureCalendar(office.identity);
    expect(await list()).toHaveLength(1);
  });

  it('is kept in the order of its days, and told', async () => {
    const made = await create({
      week: WEEK.toReversed(),
      exceptions: [
        { date: '2026-10-10', name: '补班', hours: [{ from: '09:00', to: '12:00' }] },
        { date: '2026-10-01', name: ' 国庆 ' },
      ],
    });
    expect(made.week).toEqual(WEEK);
    expect(made.exceptions.map(({ date, name }) => `${date} ${name}`)).toEqual(['2026-10-01 国庆', '2026-10-10 补班']);
    await update(made, { name: '客服中心' });
    expect((await office.identity.events(made.id)).map(({ type }) => type)).toEqual([
      'crm.identity.working_calendar.created.v1',
      'crm.identity.working_calendar.updated.v1',
    ]);
  });

  it.each([
    [{ week: [{ weekday: 1, from: '18:00', to: '09:00' }] }, 'workingCalendar.week[0]', 'BAD_HOURS'],
    [{ week: [{ weekday: 1, from: '9:00', to: '18:00' }] }, 'workingCalendar.week[0]', 'BAD_HOURS'],
    [{ week: [...WEEK, { weekday: 1, from: '11:59', to: '13:00' }] }, 'workingCalendar.week[2]', 'HOURS_OVERLAP'],
    [{ week: [{ weekday: 7, from: '10:00', to: '10:59' }] }, 'workingCalendar.week', 'WEEK_TOO_SHORT'],
    [{ timeZone: 'Mars/Olympus' }, 'workingCalendar.timeZone', ''],
    [
      { exceptions: [{ date: '2026-01-01' }, { date: '2026-01-01' }] },
      'workingCalendar.exceptions[1].date',
      'DUPLICATE',
    ],
    [{ default: true, active: false }, 'workingCalendar.active', 'DEFAULT_IS_ACTIVE'],
  ])('refuses %j, naming the field', async (fields, field, reason) => {
    await expect(create(fields)).rejects.toMatchObject({
      fields: [expect.objectContaining({ field, ...(reason && { reason }) })],
    });
  });

  it('has a name of its own, and hands the default on but never away', async () => {
    const made = await create();
    await expect(create({ name: made.name.toUpperCase() })).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    const [standard] = await list();
    await expect(update(standard!, { default: false })).rejects.toMatchObject({
      fields: [{ reason: 'DEFAULT_NEEDED' }],
    });
    // At once: one after the other takes it over, and exactly one has it in the end.
    await Promise.all([create({ default: true }), create({ default: true }), create({ default: true })]);
    expect((await list()).filter((calendar) => calendar.default)).toHaveLength(1);
  });

  it('takes holidays from a text, makes a make-up workday work, and says first what it would do', async () => {
    const made = await create({ exceptions: [{ date: '2026-10-01', name: 'old' }] });
    const text = '国庆节：10月1日至7日放假调休，共7天。10月10日（周六）上班。';
    const take = async (validateOnly: boolean) =>
      office.identity.calendars.importHolidays(
        { id: made.id, year: 2026, text, version: 0, validateOnly },
        await office.as(),
      );
    expect((await take(true)).exceptions).toHaveLength(8);
    const { calendars } = office.identity;
    const get = async () => (await calendars.getWorkingCalendar({ id: made.id }, await office.as())).workingCalendar!;
    expect(await get()).toEqual(made);
    await take(false);
    const { exceptions } = await get();
    expect(exceptions).toHaveLength(8);
    expect(exceptions[0]).toEqual({ date: '2026-10-01', name: '国庆节', hours: [] });
    expect(exceptions[7]!.hours).toEqual([
      { from: '09:00', to: '12:00' },
      { from: '13:00', to: '18:00' },
    ]);
    // Monday is its only weekday: from the last Monday of September over the holiday to the Saturday that is worked.
    const asked = { id: made.id, startTime: '2026-09-28T09:30:00.000Z', minutes: 60 };
    expect(await calendars.addWorkingTime(asked, await office.as())).toEqual({ endTime: '2026-10-10T01:30:00.000Z' });
  });

  it('is changed only by who keeps the enterprise', async () => {
    await office.identity.invite(office.admin, { name: 'Cai', login: 'cai', departmentId: office.root });
    const session = await office.identity.as(await office.identity.signIn('cai'));
    const [standard] = (await office.identity.calendars.listWorkingCalendars({ includeInactive: false }, session))
      .workingCalendars;
    await expect(
      office.identity.calendars.updateWorkingCalendar({ id: standard!.id, workingCalendar: draft() }, session),
    ).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  });
});
