import type { ListDueContactsRequest, ListDueContactsResponse } from '@pelagic/proto/crm/customer/v1/activity';
import { isoTime } from '@pelagic/capabilities/record/mapping';
import { visible } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import { dateIn } from '@pelagic/chassis/clock';
import { enterpriseTimeZone } from '@pelagic/chassis/enterprise';
import { decodeCursor, encodeCursor, pageSize } from '@pelagic/chassis/page';
import { sql, type Kysely } from 'kysely';
import { SUBJECTS } from './activity.ts';

type Due = {
  noun: string;
  id: string;
  name: string;
  owner_id: string;
  next_contact_date: string;
  last_contact_time: string | null;
};

/** Leads that ended and deals that closed wait for nobody. */
const WAITING: Record<keyof typeof SUBJECTS, string> = {
  lead: `state not in ('LEAD_STATE_CONVERTED', 'LEAD_STATE_INVALID', 'LEAD_STATE_RECYCLED')`,
  customer: 'true',
  opportunity: 'open',
};

const ORDER = 'next_contact_date asc';

/** Whom somebody promised to be in touch with, longest waiting first. */
export const listDueContacts = async (
  db: Kysely<any>,
  request: ListDueContactsRequest,
  caller: Caller,
): Promise<ListDueContactsResponse> => {
  const until = request.untilDate || dateIn(enterpriseTimeZone());
  const owner = request.ownerId || caller.id;
  const size = pageSize(request.pageSize);
  const parts = Object.entries(SUBJECTS).map(
    ([noun, table]) => sql`
      select ${noun}::text as noun, id, name, owner_id, next_contact_date::text as next_contact_date, last_contact_time from ${sql.table(table)}
      where owner_id = ${owner} and next_contact_date <= ${until}::date and delete_time is null and ${sql.raw(WAITING[noun as keyof typeof SUBJECTS])}
        and ${visible(caller, `${noun}.read`, { noun, table })}`,
  );
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
