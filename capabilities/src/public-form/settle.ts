import { serviceCaller, type Caller } from '@pelagic/chassis/caller';
import { runIn } from '@pelagic/chassis/context';
import type { Database, Tx } from '@pelagic/chassis/database';
import type { Work } from '@pelagic/chassis/queue';
import { sql } from 'kysely';
import { applyChange, changeRecord, lockRecord } from '../record/records.ts';
import { accept, hold, review, stateOf, type DoubtReason, type Intake, type SubmissionRow } from './intake.ts';

export const SETTLE_QUEUE = 'form-settle';

/**
 * How long a submission waits before it is accepted. A flood shows itself within it, so that not even its first ones
 * pass; a person does not notice.
 */
export const SETTLE_MS = 10_000;
/** From one address within ten minutes: a family, or a tablet at a fair; more are looked at by a person. */
const FROM_ADDRESS_MAX = 5;
/** Addresses that send one form within the time to settle, before and after; and within an hour. */
const AT_ONCE_MAX = 10;
const IN_HOUR_MAX = 100;
/** What comes after a flood within this is looked at as well. */
const FLOOD_MINUTES = 10;

type Neighbours = { from_address: number; at_once: number; in_hour: number; flooded: boolean };

/** What came about the same time. What was refused at once is no sign of a flood: a person shall not wait for it. */
const neighboursOf = async <R extends SubmissionRow>(intake: Intake<R>, tx: Tx, row: R): Promise<Neighbours> => {
  const { remote_address, create_time } = row;
  const [table, form, formId] = [sql.table(intake.noun.table), sql.ref(intake.form), row[intake.form]];
  const addresses = (since: string, until: string) => sql`
    (select count(distinct remote_address)::int from ${table} where ${form} = ${formId} and state <> ${stateOf(intake, 'REFUSED')}
      and create_time between ${create_time}::timestamptz - ${since}::interval and ${create_time}::timestamptz + ${until}::interval)`;
  const window = `${SETTLE_MS} milliseconds`;
  const { rows } = await sql<Neighbours>`
    select (select count(*)::int from ${table} where remote_address = ${remote_address}
        and create_time between ${create_time}::timestamptz - interval '10 minutes' and ${create_time}::timestamptz + ${window}::interval) as from_address,
      ${addresses(window, window)} as at_once, ${addresses('1 hour', '0')} as in_hour,
      exists (select from ${sql.table(intake.floods)} where ${form} = ${formId} and until > ${create_time}::timestamptz) as flooded`.execute(
    tx.sql,
  );
  return rows[0]!;
};

const doubtOf = ({ from_address, at_once, in_hour, flooded }: Neighbours): DoubtReason | undefined => {
  if (from_address > FROM_ADDRESS_MAX) return 'DOUBT_REASON_ADDRESS';
  return flooded || at_once > AT_ONCE_MAX || in_hour > IN_HOUR_MAX ? 'DOUBT_REASON_FLOOD' : undefined;
};

const rememberFlood = async <R extends SubmissionRow>({ floods, form }: Intake<R>, tx: Tx, row: R): Promise<void> => {
  await sql`
    insert into ${sql.table(floods)} (${sql.ref(form)}, until) values (${row[form]}, ${row.create_time}::timestamptz + ${`${FLOOD_MINUTES} minutes`}::interval)
    on conflict (${sql.ref(form)}) do update set until = greatest(${sql.table(floods)}.until, excluded.until)`.execute(
    tx.sql,
  );
};

/** Decides on what was received: accepted, or for a person to look at. Nothing happens to what is decided. */
export const settle = async <R extends SubmissionRow>(
  intake: Intake<R>,
  tx: Tx,
  id: string,
  caller: Caller,
): Promise<void> => {
  const row = await lockRecord<R>(tx, intake.noun, id, caller, { action: 'update' });
  if (row.state !== stateOf(intake, 'RECEIVED')) return;
  const neighbours = await neighboursOf(intake, tx, row);
  const doubt = doubtOf(neighbours);
  if (neighbours.at_once > AT_ONCE_MAX) await rememberFlood(intake, tx, row);
  await applyChange(tx, intake.noun, row, { verb: doubt ? 'held' : 'accepted' }, (draft) =>
    doubt ? hold(intake, draft, doubt) : accept(intake, tx, draft, 'DOUBT_REASON_UNSPECIFIED'),
  );
};

export const settleWork = <R extends SubmissionRow>(
  service: string,
  database: Database,
  intake: Intake<R>,
): Work<{ id: string }> => ({
  queue: SETTLE_QUEUE,
  options: { retryLimit: 100_000, retryDelay: 2, retryBackoff: true, retryDelayMax: 300 },
  concurrency: 2,
  run: async ({ id }) => {
    const caller = serviceCaller(service);
    await runIn({ caller, deadline: Date.now() + 30_000 }, () =>
      database.transact((tx) => settle(intake, tx, id, caller)),
    );
  },
});

/** A person accepts or refuses what is held. */
export const reviewSubmission = <R extends SubmissionRow>(
  intake: Intake<R>,
  tx: Tx,
  id: string,
  { accepted, version }: { accepted: boolean; version: number },
  caller: Caller,
): Promise<R> =>
  changeRecord<R>(
    tx,
    intake.noun,
    id,
    caller,
    { action: 'update', verb: accepted ? 'accepted' : 'refused', version },
    (row) => review(intake, tx, row, accepted),
  );
