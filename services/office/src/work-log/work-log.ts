import type { WorkLog, WorkLogComment, WorkLogItem } from '@pelagic/proto/crm/office/v1/work_log';
import { visible } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import { dateIn, startOfDate } from '@pelagic/chassis/clock';
import { enterpriseTimeZone, today } from '@pelagic/chassis/enterprise';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { invalidField, refused } from '@pelagic/chassis/problem';
import type { WorkingTime } from '@pelagic/capabilities/calendar/working-time';
import { defineNoun } from '@pelagic/capabilities/record/noun';
import type { Row } from '@pelagic/capabilities/record/mapping';
import type { RecordRow } from '@pelagic/capabilities/record/records';
import { tidyText } from '@pelagic/capabilities/record/tidy';
import { sql, type RawBuilder } from 'kysely';

export type WorkLogState = `WORK_LOG_STATE_${'DRAFT' | 'SUBMITTED'}`;

export type WorkLogRow = RecordRow & {
  date: string;
  state: WorkLogState;
  owner_id: string;
  department_id: string;
  done: string;
  plan: string;
  help: string;
  items: WorkLogItem[];
  submit_time: string | null;
  late: boolean;
  comments: WorkLogComment[];
};

const COMMENTS_MAX = 100;
/** How long afterwards a day may still be written about. */
const DAYS_BACK = 31;
/** Until this hour of the next working day a log is in time, and its writer is not reminded. */
export const IN_TIME_UNTIL = 9;

/** Its writer's alone as long as it is a draft; then by scope. */
const reach = (caller: Caller, action: string, table: string): RawBuilder<boolean> => {
  if (caller.kind === 'service') return sql`true`;
  const own = sql`${sql.ref(`${table}.owner_id`)} = ${caller.id}::uuid`;
  if (action !== 'read') return own as RawBuilder<boolean>;
  const scoped = visible(caller, 'work_log.read', { noun: 'work_log', table });
  return sql`(${own} or (${sql.ref(`${table}.state`)} = 'WORK_LOG_STATE_SUBMITTED' and ${scoped}))`;
};

export const workLog = defineNoun({
  noun: 'work_log',
  search: { open: [], guarded: [] },
  order: 'date desc',
  reach,
});

export const workLogMessage = (row: WorkLogRow): WorkLog =>
  workLog.mapping.toMessage(row as unknown as Row) as unknown as WorkLog;

const plusDays = (date: string, days: number): string => Temporal.PlainDate.from(date).add({ days }).toString();

/** Of what has not come yet nothing can be told, and what is long past is past. */
export const checkDate = (date: string): void => {
  if (date > today()) throw invalidField('date', 'IN_THE_FUTURE', 'This day has not come yet.');
  if (date < plusDays(today(), -DAYS_BACK))
    throw invalidField('date', 'LOG_TOO_OLD', `A log is written within ${DAYS_BACK} days.`, {
      days: String(DAYS_BACK),
    });
};

/** Does anybody work on this date? */
export const isWorkingDay = (time: WorkingTime, date: string): boolean => {
  const zone = enterpriseTimeZone();
  return time.between(startOfDate(zone, date), startOfDate(zone, plusDays(date, 1))) > 0;
};

/** No calendar has a longer rest. */
const REST_MAX = 60;

const nextWorkingDay = (time: WorkingTime, date: string, step: 1 | -1): string => {
  let day = plusDays(date, step);
  for (let looked = 0; looked < REST_MAX && !isWorkingDay(time, day); looked += 1) day = plusDays(day, step);
  return day;
};

export const workingDayBefore = (time: WorkingTime, date: string): string => nextWorkingDay(time, date, -1);

/** Was a log of the date submitted too late at the moment? */
export const isLate = (time: WorkingTime, date: string, moment: Date): boolean => {
  const zone = enterpriseTimeZone();
  const day = dateIn(zone, moment);
  const until = nextWorkingDay(time, date, 1);
  if (day !== until) return day > until;
  return Temporal.Instant.fromEpochMilliseconds(moment.getTime()).toZonedDateTimeISO(zone).hour >= IN_TIME_UNTIL;
};

export const refuseSubmitted = ({ state }: Pick<WorkLogRow, 'state'>): void => {
  if (state === 'WORK_LOG_STATE_SUBMITTED')
    throw refused('LOG_SUBMITTED', 'This log is submitted. Add to it by a comment.');
};

export type Words = Pick<WorkLogRow, 'done' | 'plan' | 'help'>;

export const write = (row: WorkLogRow, { done, plan, help }: Words, items: WorkLogItem[]): void => {
  Object.assign(row, { done: done.trim(), plan: plan.trim(), help: help.trim(), items });
};

/** From then on it stands as it is. */
export const submit = (row: WorkLogRow, moment: Date, late: boolean): void => {
  if (!row.items.length && !row.done) throw invalidField('done', 'REQUIRED', 'Say what was done on this day.');
  row.state = 'WORK_LOG_STATE_SUBMITTED';
  row.submit_time = moment.toISOString();
  row.late = late;
};

export const comment = (row: WorkLogRow, { text, by, time }: { text: string; by: string; time: string }): void => {
  const said = tidyText(text, 'text');
  if (row.state !== 'WORK_LOG_STATE_SUBMITTED') throw refused('LOG_NOT_SUBMITTED', 'This log is not submitted yet.');
  if (row.comments.length >= COMMENTS_MAX) throw refused('TOO_MANY_COMMENTS', 'There are too many comments already.');
  row.comments = [...row.comments, { id: uuidv7(), employeeId: by, text: said, time }];
};
