import { RecordServiceService, type VersionChanges } from '@pelagic/proto/crm/capability/v1/record';
import type {
  ListTimelineRequest,
  TimelineEntry,
  TimelineServiceService,
} from '@pelagic/proto/crm/customer/v1/timeline';
import { isoTime } from '@pelagic/capabilities/record/mapping';
import { listChanges } from '@pelagic/capabilities/record/history';
import type { Noun } from '@pelagic/capabilities/record/noun';
import { may, queryable, visible } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import type { Connected } from '@pelagic/chassis/client';
import { decodeCursor, encodeCursor, pageSize } from '@pelagic/chassis/page';
import { invalidField, notFound } from '@pelagic/chassis/problem';
import type { Handlers } from '@pelagic/chassis/rpc';
import { sql, type Kysely, type RawBuilder } from 'kysely';
import { activity } from '../activity/activity.ts';
import { contact } from '../contact/contact.ts';
import { customer } from '../customer/customer.ts';
import type { CustomerService } from '../customer-service.ts';
import { lead } from '../lead/lead.ts';
import { BELONGING, BELONGING_NOUNS, seenBelonging } from './belonging.ts';

type Entry = {
  event_id: string;
  time: string;
  event: string;
  noun: string;
  record_id: string;
  version: number;
  actor_id: string | null;
  imported: boolean;
};
type Named = { noun: string; id: string; name: string };

const NOUNS = new Map<string, Noun>(Object.entries({ lead, customer, contact, activity }));
const ORDER = 'time desc';
/** A customer with more of one noun than this shows the newest. */
const RELATED_MAX = 500;

const seen = (noun: Noun, caller: Caller): RawBuilder<boolean> => noun.reach(caller, 'read', noun.table);
/** Who keeps what is not kept here. */
const KEEPERS: Record<string, string> = { opportunity: 'sales', ...BELONGING };
/** Their rpcs, by service. */
export type Keepers = Record<string, Connected<RecordServiceService>>;

const seenOpportunity = (caller: Caller): RawBuilder<boolean> =>
  visible(caller, 'opportunity.read', { noun: 'opportunity', table: 'opportunity_subject' });

const isKeyOf = <T extends object>(known: T, key: PropertyKey): key is keyof T => Object.hasOwn(known, key);

/** The record itself, also out of the recycle bin, with for a customer what belongs to it and for a contact the follow-ups with it: each only when the caller may see it. */
const related = async (
  db: Kysely<any>,
  { noun, recordId: id }: ListTimelineRequest,
  caller: Caller,
): Promise<Named[]> => {
  const own = {
    lead: sql`select 'lead' as noun, id, name from lead where id = ${id} and ${seen(lead, caller)}`,
    customer: sql`select 'customer' as noun, id, name from customer where id = ${id} and ${seen(customer, caller)}`,
    contact: sql`select 'contact' as noun, id, name from contact where id = ${id} and ${seen(contact, caller)}`,
    opportunity: sql`select 'opportunity' as noun, id, name from opportunity_subject where id = ${id} and ${seenOpportunity(caller)}`,
    ...Object.fromEntries(
      BELONGING_NOUNS.map((each) => [
        each,
        sql`select noun, id, name from belonging where id = ${id} and ${seenBelonging(caller, each)}`,
      ]),
    ),
  };
  if (!isKeyOf(own, noun))
    throw invalidField('noun', 'UNKNOWN_VALUE', `There is a timeline of ${Object.keys(own).join(', ')}.`);
  const { rows } = await sql<Named>`${own[noun]}`.execute(db);
  if (!rows.length) throw notFound(noun);
  const belonging = {
    contact: sql`select 'activity' as noun, id, '' as name from activity where contact_id = ${id} and delete_time is null and ${seen(activity, caller)} order by happen_time desc limit ${RELATED_MAX}`,
    customer: sql`
    (select 'lead' as noun, id, name from lead where customer_id = ${id} and delete_time is null and ${seen(lead, caller)} order by id desc limit ${RELATED_MAX})
    union all (select 'contact', id, name from contact where customer_id = ${id} and delete_time is null and ${seen(contact, caller)} order by id desc limit ${RELATED_MAX})
    union all (select 'opportunity', id, name from opportunity_subject where customer_id = ${id} and delete_time is null and ${seenOpportunity(caller)} order by id desc limit ${RELATED_MAX})
    ${sql.join(
      BELONGING_NOUNS.map(
        (each) =>
          sql`union all (select noun, id, name from belonging where customer_id = ${id} and delete_time is null and ${seenBelonging(caller, each)} order by id desc limit ${RELATED_MAX})`,
      ),
      sql` `,
    )}`,
  };
  if (!isKeyOf(belonging, noun)) return rows;
  return [...rows, ...(await sql<Named>`${belonging[noun]}`.execute(db)).rows];
};

/** Newest first; an entry that only tells "the last contact moved" repeats the activity that moved it. */
const page = async (
  db: Kysely<any>,
  ids: string[],
  request: ListTimelineRequest,
  caller: Caller,
  size: number,
): Promise<Entry[]> => {
  const [time, id] = request.pageToken ? decodeCursor(request.pageToken, ORDER) : [];
  const kinds = request.kinds.length ? sql`and noun = any(${request.kinds})` : sql``;
  const actor = request.actorId ? sql`and actor_id = ${request.actorId}` : sql``;
  const activities = may(caller, 'activity.read') ? sql`` : sql`and noun <> 'activity'`;
  const before = request.pageToken ? sql`and (time, event_id) < (${time}::timestamptz, ${id}::uuid)` : sql``;
  const { rows } = await sql<Entry>`
    select event_id, time, event, noun, record_id, version, actor_id, imported from timeline
    where (record_id = any(${ids}::uuid[]) or subject_id = any(${ids}::uuid[])) ${kinds} ${actor} ${activities} ${before}
    order by time desc, event_id desc limit ${size + 1}`.execute(db);
  return rows;
};

const key = (recordId: string, version: number): string => `${recordId}/${version}`;

type Contents = Map<string, { content: string; kind: string }>;
const contentsOf = async (db: Kysely<any>, entries: Entry[]): Promise<Contents> => {
  const ids = entries.filter(({ noun }) => noun === 'activity').map(({ record_id }) => record_id);
  const { rows } = await sql<{
    id: string;
    content: string;
    kind: string;
    delete_time: string | null;
  }>`select id, content, kind, delete_time from activity where id = any(${ids}::uuid[])`.execute(db);
  return new Map(
    rows
      .filter(({ delete_time }) => !delete_time)
      .map(({ id, content, kind }) => [id, { content, kind: kind.replace('ACTIVITY_KIND_', '') }]),
  );
};

/** What changed with each entry and why, as the caller may see it: of the own nouns from here, of the others by who keeps them. */
const changesByVersion = async (
  db: Kysely<any>,
  entries: Entry[],
  caller: Caller,
  keepers: Keepers,
): Promise<Map<string, VersionChanges>> => {
  const groups = Map.groupBy(entries, ({ noun }) => noun);
  const told = await Promise.all(
    [...groups].map(async ([name, group]) => {
      const versions = group.map(({ record_id: recordId, version }) => ({ noun: name, recordId, version }));
      const noun = NOUNS.get(name);
      if (noun) return listChanges(db, noun, caller, versions);
      const service = KEEPERS[name]!;
      // Without that service the entries still say who did what and when.
      return (await keepers[service]!.listChanges({ service, versions }).catch(() => ({ versions: [] }))).versions;
    }),
  );
  return new Map(told.flat().map((version) => [key(version.recordId, version.version), version]));
};

export const timelineHandlers = (
  { database }: CustomerService,
  keepers: Keepers,
): Handlers<TimelineServiceService> => ({
  listTimeline: async (request, caller) => {
    const records = await related(database.sql, request, caller);
    const size = pageSize(request.pageSize);
    const rows = await page(
      database.sql,
      records.map(({ id }) => id),
      request,
      caller,
      size,
    );
    const entries = rows.slice(0, size);
    const [contents, changes] = await Promise.all([
      contentsOf(database.sql, entries),
      changesByVersion(database.sql, entries, caller, keepers),
    ]);
    const names = new Map(records.map(({ noun, id, name }) => [id, queryable(caller, noun, 'name') ? name : '']));
    const last = rows.length > size ? entries.at(-1) : undefined;
    return {
      entries: entries.map((entry): TimelineEntry => {
        const done = contents.get(entry.record_id);
        const told = changes.get(key(entry.record_id, entry.version));
        return {
          id: entry.event_id,
          event: entry.event,
          time: isoTime(entry.time),
          noun: entry.noun,
          recordId: entry.record_id,
          ...(entry.actor_id && { actorId: entry.actor_id }),
          reason: told?.reason ?? '',
          title: names.get(entry.record_id) ?? '',
          changes: told?.changes ?? [],
          content: queryable(caller, 'activity', 'content') ? (done?.content ?? '') : '',
          activityKind: queryable(caller, 'activity', 'kind') ? (done?.kind ?? '') : '',
          imported: entry.imported,
        };
      }),
      nextPageToken: last ? encodeCursor(ORDER, [last.time, last.event_id]) : '',
    };
  },
});
