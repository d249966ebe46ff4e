import type {
  CalendarServiceService,
  ListPromisedContactsRequest,
  PromisedContact,
} from '@pelagic/proto/crm/office/v1/calendar';
import { may, queryable, visible } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import { invalidField } from '@pelagic/chassis/problem';
import type { Handlers } from '@pelagic/chassis/rpc';
import { sql } from 'kysely';
import type { OfficeService } from '../office-service.ts';
import { stands } from './follow-up.ts';

const DAYS_MAX = 62;
const ROWS_MAX = 500;
/** Whoever may not ask a list of follow-ups by these learns nothing of them here. */
const ASKED_BY = ['ownerId', 'nextContactDate', 'subjectNoun', 'subjectId'];

const daysOf = ({ fromDate, untilDate }: ListPromisedContactsRequest): void => {
  const days = Temporal.PlainDate.from(fromDate).until(Temporal.PlainDate.from(untilDate), {
    largestUnit: 'days',
  }).days;
  if (days < 0) throw invalidField('untilDate', 'END_BEFORE_START', 'The last day comes before the first.');
  if (days > DAYS_MAX)
    throw invalidField('untilDate', 'TOO_MANY_DAYS', `Ask for ${DAYS_MAX} days at most.`, { max: String(DAYS_MAX) });
};

type Row = { id: string; owner_id: string; subject_noun: string; subject_id: string; date: string };

const promisesOf = async (
  { database }: OfficeService,
  { employeeId, fromDate, untilDate }: ListPromisedContactsRequest,
  caller: Caller,
): Promise<Row[]> => {
  const { rows } = await sql<Row>`
    select id, owner_id, subject_noun, subject_id, next_contact_date::text as date from follow_up
    where owner_id = ${employeeId || caller.id}::uuid and next_contact_date between ${fromDate}::date and ${untilDate}::date
      and ${stands('follow_up')} and ${visible(caller, 'schedule.read', { noun: 'schedule', table: 'follow_up' })}
    order by next_contact_date, id limit ${ROWS_MAX + 1}`.execute(database.sql);
  return rows;
};

/** Those whose records the caller sees, by the word of the services that keep them. */
const seen = async ({ links }: OfficeService, rows: Row[], caller: Caller): Promise<Row[]> => {
  const byNoun = Map.groupBy(rows, ({ subject_noun: noun }) => noun);
  const shown = await Promise.all(
    [...byNoun].map(([noun, theirs]) =>
      links.visible(
        noun,
        theirs.map(({ subject_id: id }) => id),
        caller,
      ),
    ),
  );
  const ids = new Set(shown.flat());
  return rows.filter(({ subject_id: id }) => ids.has(id));
};

const messageOf = ({ id, owner_id, subject_noun, subject_id, date }: Row): PromisedContact => ({
  activityId: id,
  employeeId: owner_id,
  date,
  recordNoun: subject_noun,
  recordId: subject_id,
});

export const calendarHandlers = (service: OfficeService): Handlers<CalendarServiceService> => ({
  listPromisedContacts: async (request, caller) => {
    daysOf(request);
    const askable = ASKED_BY.every((field) => queryable(caller, 'activity', field));
    if (!askable || !may(caller, 'activity.read')) return { promisedContacts: [], more: false };
    const rows = await promisesOf(service, request, caller);
    const page = await seen(service, rows.slice(0, ROWS_MAX), caller);
    return { promisedContacts: page.map(messageOf), more: rows.length > ROWS_MAX };
  },
});
