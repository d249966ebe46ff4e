import { serviceCaller, type Caller } from '@pelagic/chassis/caller';
import { runIn } from '@pelagic/chassis/context';
import type { Database, Tx } from '@pelagic/chassis/database';
import type { WorkingCalendar } from '@pelagic/proto/crm/identity/v1/working_calendar';
import { languageOf } from '@pelagic/proto/language';
import { sql } from 'kysely';
import { readEnterprise } from '../enterprise/enterprise.ts';
import { createCalendar } from './write-calendar.ts';

const NAMES = { zh: '标准工作日历', en: 'Standard working hours' };
const MONDAY_TO_FRIDAY = [1, 2, 3, 4, 5];

const standardCalendar = (locale: string, timeZone: string): WorkingCalendar => ({
  id: '',
  version: 0,
  name: NAMES[languageOf(locale)],
  timeZone,
  week: MONDAY_TO_FRIDAY.flatMap((weekday) => [
    { weekday, from: '09:00', to: '12:00' },
    { weekday, from: '13:30', to: '18:00' },
  ]),
  exceptions: [],
  active: true,
  default: true,
  createTime: undefined,
  updateTime: undefined,
});

/** The calendar that an enterprise begins with. */
export const createStandardCalendar = async (
  tx: Tx,
  { locale, time_zone: timeZone }: { locale: string; time_zone: string },
  caller: Caller,
): Promise<void> => void (await createCalendar(tx, standardCalendar(locale, timeZone), caller));

/** Gives one to an enterprise that was set up before there were calendars. Two replicas at once do it once. */
export const ensureCalendar = ({ database }: { database: Database }): Promise<void> => {
  const caller = serviceCaller('identity');
  return runIn({ caller, deadline: Date.now() + 10_000 }, () =>
    database.transact(async (tx) => {
      const settings = await readEnterprise(tx.sql);
      if (!settings) return;
      await sql`select pg_advisory_xact_lock(hashtext('working_calendar_default'))`.execute(tx.sql);
      const { rows } = await sql`select from working_calendar limit 1`.execute(tx.sql);
      if (!rows.length) await createStandardCalendar(tx, settings, caller);
    }),
  );
};
