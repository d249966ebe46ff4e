import { dateIn } from '@pelagic/chassis/clock';
import { enterpriseTimeZone } from '@pelagic/chassis/enterprise';
import type { OfficeService } from '../office-service.ts';
import { isWorkingDay } from './work-log.ts';

/** The date, and the working time of the default calendar, while the enterprise's clock stands between two hours of a working day. */
export const workingDayAt = async (
  { database, calendars }: Pick<OfficeService, 'database' | 'calendars'>,
  at: Date,
  [from, until]: [from: number, until: number],
) => {
  const zone = enterpriseTimeZone();
  const date = dateIn(zone, at);
  const { hour } = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone);
  const time = await calendars.of(database.sql);
  return hour >= from && hour < until && isWorkingDay(time, date) ? { date, time } : undefined;
};
