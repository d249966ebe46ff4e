import type {
  GetContactDatesResponse,
  ListDueContactsRequest,
  ListDueContactsResponse,
} from '@pelagic/proto/crm/customer/v1/activity';
import { isoTime } from '@pelagic/capabilities/record/mapping';
import { queryable, visible } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import { today } from '@pelagic/chassis/enterprise';
import { decodeCursor, encodeCursor, pageSize } from '@pelagic/chassis/page';
import { notFound } from '@pelagic/chassis/problem';
import { sql, type Kysely, type RawBuilder } from 'kysely';
import { ENDED } from '../lead/lead.ts';
import { SUBJECTS, type SubjectNoun } from './activity.ts';

type Due = {
  noun: string;
  id: string;
  name: string;
  owner_id: string;
  next_contact_date: string;
  last_contact_time: string | null;
};

/** Leads that ended and deals that closed wait for nobody. */
const WAITING: Record<SubjectNoun, RawBuilder<boolean>> = {
  lead: sql`state <> all(${ENDED})`,
  customer: sql`true`,
  opportunity: sql`open`,
};

const ORDER = 'next_contact_date asc';

/** What a list of due contacts asks by; a deal's own dates are no fields of it. */
const ASKED_BY: Record<SubjectNoun, string[]> = {
  lead: ['ownerId', 'nextContactDate'],
  customer: ['ownerId', 'nextContactDate'],
  opportunity: ['ownerId'],
};

/** The column, or nothing where its field is hidden or masked for the caller. */
const told = (caller: Caller, noun: string, field: string, column: string, nothing: RawBuilder<unknown>) =>
  queryable(caller, noun, field) ? sql.ref(column) : nothing;

/** Nobody finds by this list what they may not ask a noun's own list for. */
const subjectsFor = (caller: Caller): [SubjectNoun, string][] =>
  (Object.entries(SUBJECTS) as [SubjectNoun, string][]).filter(([noun]) =>
    ASKED_BY[noun].every((field) => queryable(caller, noun, field)),
  );

/** Whom somebody promised to be in touch with, longest waiting first. */
export const listDueContacts = async (
  db: Kysely<any>,
  request: ListDueContactsRequest,
  caller: Caller,
): Promise<ListDueContactsResponse> => {
  const until = request.untilDate || today();
  const owner = request.ownerId || caller.id;
  const size = pageSize(request.pageSize);
  const parts = subjectsFor(caller).map(
    ([noun, table]) => sql`
      select ${noun}::text as noun, id, ${told(caller, noun, 'name', 'name', sql`''`)} as name, owner_id, next_contact_date::text as next_contact_date,
        ${told(caller, noun, 'lastContactTime', 'last_contact_time', sql`null::timestamptz`)} as last_contact_time from ${sql.table(table)}
      where owner_id = ${owner} and next_contact_date <= ${until}::date and delete_time is null and ${WAITING[noun]}
        and ${visible(caller, `${noun}.read`, { noun, table })}`,
  );
  if (!parts.length) return { dueContacts: [], nextPageToken: '' };
  const [date, id] = request.pageToken ? decodeCursor(request.pageToken, ORDER) : [];
  const { rows } = await sql<Due>`
    select * from (${sql.join(parts, sql` union all `)}) due
    ${request.pageToken ? sql`where (next_contact_date, id) > (${date}, ${id}::uuid)` : sql``}
    order by next_contact_date, id limit ${size + 1}`.execute(db);
  const page = rows.slice(0, size);
  const last = rows.length > size ? page.at(-1) : undefined;
  return {
    dueContacts: page.map((row) => ({
      noun: row.noun,
      id: row.id,
      name: row.name,
      ownerId: row.owner_id,
      nextContactDate: row.next_contact_date,
      ...(row.last_contact_time && { lastContactTime: isoTime(row.last_contact_time) }),
    })),
    nextPageToken: last ? encodeCursor(ORDER, [last.next_contact_date, last.id]) : '',
  };
};

/** Last and next contact of an opportunity: they live here, where follow-ups do, and are no part of its record. */
export const contactDates = async (db: Kysely<any>, id: string, caller: Caller): Promise<GetContactDatesResponse> => {
  const owned = { noun: 'opportunity', table: SUBJECTS.opportunity };
  const { rows } = await sql<Pick<Due, 'last_contact_time'> & { next_contact_date: string | null }>`
    select next_contact_date::text as next_contact_date, last_contact_time from opportunity_subject
    where id = ${id} and ${visible(caller, 'opportunity.read', owned)}`.execute(db);
  if (!rows[0]) throw notFound('opportunity');
  const { next_contact_date: next, last_contact_time: last } = rows[0];
  return { ...(next && { nextContactDate: next }), ...(last && { lastContactTime: isoTime(last) }) };
};
