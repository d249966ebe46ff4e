import { WorkingCalendar } from '@pelagic/proto/crm/identity/v1/working_calendar';
import type { TestIdentity } from './start-identity.ts';

/** Every command that there is for working calendars, once. */
export const keepCalendars = async (
  { calendars }: Pick<TestIdentity, 'calendars'>,
  as: () => Promise<{ token: string }>,
): Promise<void> => {
  const week = [{ weekday: 1, from: '22:00', to: '24:00' }];
  const night = WorkingCalendar.fromJSON({ name: '夜班', timeZone: 'Asia/Shanghai', week, active: true });
  const made = await calendars.createWorkingCalendar({ workingCalendar: night, requestId: '' }, await as());
  const { id } = made.workingCalendar!;
  await calendars.updateWorkingCalendar({ id, workingCalendar: { ...night, name: '晚班' } }, await as());
  const text = '1月1日放假';
  await calendars.importHolidays({ id, year: 2026, text, version: 0, validateOnly: false }, await as());
};
