import { applyChange, insertRecord } from '@pelagic/capabilities/record/records';
import { serviceCaller } from '@pelagic/chassis/caller';
import { now } from '@pelagic/chassis/clock';
import type { Tx } from '@pelagic/chassis/database';
import { sql } from 'kysely';
import { addTo, markRead, notification, type NotificationKind, type NotificationRow } from './notification.ts';

/** What a person is told. `cause` names what happened: told again under the same one, it is nothing new. */
export type News = {
  employeeId: string;
  kind: NotificationKind;
  cause: string;
  recordNoun: string;
  recordId: string;
  /** Who did it; nobody is told of what they did themselves. */
  actorId: string | undefined;
  /** Further ones of the same cause are counted instead. */
  gathers?: true;
};

/** What happened longer ago is no news: history that is brought in, a stream that is read anew. */
const NEWS_MS = 86_400_000;
export const isNews = (time: string, nowMs: number): boolean => nowMs - Date.parse(time) <= NEWS_MS;

const isMuted = async (tx: Tx, { employeeId, kind }: News): Promise<boolean> =>
  (await sql`select from notification_muted where employee_id = ${employeeId} and kind = ${kind}`.execute(tx.sql)).rows
    .length > 0;

/** Those of one cause take turns, so that they are told once. */
const told = async (tx: Tx, { employeeId, kind, cause }: News): Promise<NotificationRow | undefined> => {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`notification/${employeeId}/${kind}/${cause}`}, 0))`.execute(
    tx.sql,
  );
  const { rows } = await sql<NotificationRow>`
    select * from notification where employee_id = ${employeeId} and kind = ${kind} and cause = ${cause} for update`.execute(
    tx.sql,
  );
  return rows[0];
};

/** Tells a person in the transaction of what happened; nobody is told what they muted, or did themselves. */
export const notify = async (tx: Tx, news: News): Promise<void> => {
  const { employeeId, kind, cause, recordNoun, recordId, actorId, gathers } = news;
  if (employeeId === actorId || (await isMuted(tx, news))) return;
  const before = await told(tx, news);
  if (before) {
    if (gathers) await applyChange(tx, notification, before, { verb: 'updated' }, addTo);
    return;
  }
  const row = {
    employee_id: employeeId,
    kind,
    cause,
    record_noun: recordNoun,
    record_id: recordId,
    count: 1,
    actor_id: actorId ?? null,
    read_time: null,
  };
  await insertRecord<NotificationRow>(tx, notification, row, serviceCaller('office'));
};

/** What a person was asked is asked no more: it is read, seen or not. `causes` is what its causes begin with, before a slash. */
export const settle = async (tx: Tx, employeeId: string, kind: NotificationKind, causes: string): Promise<void> => {
  const { rows } = await sql<NotificationRow>`
    select * from notification where employee_id = ${employeeId} and kind = ${kind} and read_time is null
      and starts_with(cause, ${`${causes}/`}) order by id for update`.execute(tx.sql);
  const time = now().toISOString();
  for (const row of rows) await applyChange(tx, notification, row, { verb: 'read' }, (draft) => markRead(draft, time));
};
