import {
  WebhookAttempt,
  type WebhookEvent,
  type WebhookPending,
  type WebhookStanding,
} from '@pelagic/proto/crm/identity/v1/webhook';
import { decodeCursor, encodeCursor, pageSize } from '@pelagic/chassis/page';
import type { Tx } from '@pelagic/chassis/database';
import { sql, type Kysely } from 'kysely';
import type { Written } from './settle.ts';

/** An answer has no more of what waits; nothing new is posted while there is so much. */
const PENDING_MAX = 1_000;
/** What was delivered is kept so long and so much of it, what failed longer. */
const DELIVERED_DAYS = 14;
const DELIVERED_MAX = 10_000;
const FAILED_DAYS = 90;
const ORDER = 'update_time desc';
const WAITING = 'WEBHOOK_EVENT_STATE_WAITING';
const FAILED = 'WEBHOOK_EVENT_STATE_FAILED';

type EventRow = Omit<Written, 'attempts'> & { attempts: object[]; generation: number; update_time: string };

const instant = (time: string | null): string | undefined => (time ? new Date(time).toISOString() : undefined);

const eventMessage = ({ attempts, due_time, update_time, record_id, ...row }: EventRow): WebhookEvent => ({
  id: row.id,
  type: row.type,
  recordId: record_id,
  state: row.state,
  attempts: attempts.map((attempt) => WebhookAttempt.fromJSON(attempt)),
  tries: row.tries,
  dueTime: instant(due_time),
  updateTime: instant(update_time),
  generation: row.generation,
});

type Asked = { partnerId: string; state: string; pageSize: number; pageToken: string };

export const listEvents = async (
  db: Kysely<any>,
  asked: Asked,
): Promise<{ events: WebhookEvent[]; nextPageToken: string }> => {
  const size = pageSize(asked.pageSize);
  const [time, id] = asked.pageToken ? (decodeCursor(asked.pageToken, ORDER) as [string, string]) : [];
  const { rows } = await sql<EventRow & { exact: string }>`
    select *, update_time::text as exact from webhook_event where partner_id = ${asked.partnerId}
      ${asked.state ? sql`and state = ${asked.state}` : sql``}
      ${time ? sql`and (update_time, id) < (${time}::timestamptz, ${id}::uuid)` : sql``}
    order by update_time desc, id desc limit ${size + 1}`.execute(db);
  const page = rows.slice(0, size);
  const last = rows.length > size ? page.at(-1) : undefined;
  return { events: page.map(eventMessage), nextPageToken: last ? encodeCursor(ORDER, [last.exact, last.id]) : '' };
};

export const findStanding = async (db: Kysely<any>, partnerId: string): Promise<WebhookStanding> => {
  const { rows } = await sql<{
    waiting: number;
    failed: number;
    taken_time: string | null;
    failing_time: string | null;
    old: string | null;
  }>`
    select
      (select count(*)::int from webhook_event where partner_id = p.id and state = ${WAITING}) as waiting,
      (select count(*)::int from webhook_event where partner_id = p.id and state = ${FAILED}) as failed,
      e.taken_time, e.failing_time, case when p.old_secret_until > now() then p.old_secret_until end as old
    from partner p left join webhook_endpoint e on e.partner_id = p.id where p.id = ${partnerId}`.execute(db);
  const { waiting = 0, failed = 0, taken_time = null, failing_time = null, old = null } = rows[0] ?? {};
  return {
    waiting,
    failed,
    takenTime: instant(taken_time),
    failingTime: instant(failing_time),
    oldSecretUntil: instant(old),
  };
};

/** What waits to be posted, by its numbers. */
export const listPending = async (tx: Tx, partnerId: string, generation: number): Promise<WebhookPending[]> => {
  const { rows } = await sql<Written & { due: boolean }>`
    select id, sequence::text as sequence, type, record_id, tries, due_time is null or due_time <= now() as due from webhook_event
    where partner_id = ${partnerId} and generation = ${generation} and state = ${WAITING}
    order by sequence, update_time limit ${PENDING_MAX}`.execute(tx.sql);
  return rows.map(({ id, sequence, type, record_id, tries, due }) => ({
    id,
    sequence,
    type,
    recordId: record_id,
    tries,
    due,
  }));
};

/** What is written of these events. */
export const findWritten = async (
  tx: Tx,
  partnerId: string,
  generation: number,
  ids: string[],
): Promise<Map<string, Written>> => {
  if (!ids.length) return new Map();
  const { rows } = await sql<EventRow>`
    select *, sequence::text as sequence from webhook_event where partner_id = ${partnerId} and generation = ${generation} and id = any(${ids}::uuid[])`.execute(
    tx.sql,
  );
  return new Map(
    rows.map((row) => [row.id, { ...row, attempts: row.attempts.map((attempt) => WebhookAttempt.fromJSON(attempt)) }]),
  );
};

export const write = async (tx: Tx, partnerId: string, generation: number, events: Written[]): Promise<void> => {
  if (!events.length) return;
  const values = events.map(({ attempts, ...event }) => ({
    ...event,
    attempts: attempts.map((each) => WebhookAttempt.toJSON(each)),
  }));
  await sql`
    insert into webhook_event (partner_id, generation, id, sequence, type, record_id, state, tries, first_time, due_time, attempts, update_time)
    select ${partnerId}, ${generation}, id, sequence, type, record_id, state, tries, first_time, due_time, attempts, clock_timestamp()
    from jsonb_to_recordset(${JSON.stringify(values)}::jsonb) as r(id uuid, sequence bigint, type text, record_id text, state text, tries int,
      first_time timestamptz, due_time timestamptz, attempts jsonb)
    on conflict (partner_id, generation, id) do update set state = excluded.state, tries = excluded.tries, first_time = excluded.first_time,
      due_time = excluded.due_time, attempts = excluded.attempts, update_time = excluded.update_time`.execute(tx.sql);
};

/** Forgets what nobody asks for any more. */
export const forgetOld = async (tx: Tx, partnerId: string): Promise<void> => {
  const older = (days: number) => sql`update_time < now() - ${`${days} days`}::interval`;
  await sql`
    delete from webhook_event where partner_id = ${partnerId} and (
      (state = ${FAILED} and ${older(FAILED_DAYS)}) or (state not in (${FAILED}, ${WAITING}) and (${older(DELIVERED_DAYS)} or update_time <=
        (select update_time from webhook_event where partner_id = ${partnerId} and state not in (${FAILED}, ${WAITING})
          order by update_time desc offset ${DELIVERED_MAX} limit 1))))`.execute(tx.sql);
};

/** Asks for events again; how many. */
export const askAgain = async (
  tx: Tx,
  partnerId: string,
  { ids, since }: { ids: string[]; since: string | undefined },
): Promise<number> => {
  const which = ids.length
    ? sql`id = any(${ids}::uuid[]) and (state in (${FAILED}, 'WEBHOOK_EVENT_STATE_DELIVERED') or due_time is not null)`
    : sql`state = ${FAILED} and update_time >= ${since ?? null}::timestamptz`;
  const { numAffectedRows } = await sql`
    update webhook_event set state = ${WAITING}, tries = 0, first_time = null, due_time = null, update_time = clock_timestamp()
    where partner_id = ${partnerId} and generation = (select generation from partner where id = ${partnerId}) and ${which}`.execute(
    tx.sql,
  );
  return Number(numAffectedRows ?? 0);
};

/** What waits is due at once, as if it had not been tried. */
export const askNow = async (tx: Tx, partnerId: string): Promise<void> => {
  await sql`update webhook_event set tries = 0, first_time = null, due_time = null where partner_id = ${partnerId} and state = ${WAITING}`.execute(
    tx.sql,
  );
  await sql`update webhook_endpoint set failing_time = null where partner_id = ${partnerId}`.execute(tx.sql);
};
