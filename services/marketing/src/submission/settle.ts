import { applyChange, changeRecord, lockRecord } from '@pelagic/capabilities/record/records';
import { serviceCaller, type Caller } from '@pelagic/chassis/caller';
import { runIn } from '@pelagic/chassis/context';
import type { Database, Tx } from '@pelagic/chassis/database';
import type { Work } from '@pelagic/chassis/queue';
import { sql } from 'kysely';
import { accept, hold, review, submission, type DoubtReason, type SubmissionRow } from './submission.ts';

export const SETTLE_QUEUE = 'form-settle';

/**
 * How long a submission waits before it becomes a lead. A flood shows itself within it, so that not even its first ones
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
const neighboursOf = async (tx: Tx, { form_id, remote_address, create_time }: SubmissionRow): Promise<Neighbours> => {
  const addresses = (since: string, until: string) => sql`
    (select count(distinct remote_address)::int from form_submission where form_id = ${form_id} and state <> 'FORM_SUBMISSION_STATE_REFUSED'
      and create_time between ${create_time}::timestamptz - ${since}::interval and ${create_time}::timestamptz + ${until}::interval)`;
  const window = `${SETTLE_MS} milliseconds`;
  const { rows } = await sql<Neighbours>`
    select (select count(*)::int from form_submission where remote_address = ${remote_address}
        and create_time between ${create_time}::timestamptz - interval '10 minutes' and ${create_time}::timestamptz + ${window}::interval) as from_address,
      ${addresses(window, window)} as at_once, ${addresses('1 hour', '0')} as in_hour,
      exists (select from form_flood where form_id = ${form_id} and until > ${create_time}::timestamptz) as flooded`.execute(
    tx.sql,
  );
  return rows[0]!;
};

const doubtOf = ({ from_address, at_once, in_hour, flooded }: Neighbours): DoubtReason | undefined => {
  if (from_address > FROM_ADDRESS_MAX) return 'DOUBT_REASON_ADDRESS';
  return flooded || at_once > AT_ONCE_MAX || in_hour > IN_HOUR_MAX ? 'DOUBT_REASON_FLOOD' : undefined;
};

const rememberFlood = async (tx: Tx, { form_id, create_time }: SubmissionRow): Promise<void> => {
  await sql`
    insert into form_flood (form_id, until) values (${form_id}, ${create_time}::timestamptz + ${`${FLOOD_MINUTES} minutes`}::interval)
    on conflict (form_id) do update set until = greatest(form_flood.until, excluded.until)`.execute(tx.sql);
};

/** Decides on what was received: a lead, or for a person to look at. Nothing happens to what is decided. */
export const settle = async (tx: Tx, id: string, caller: Caller): Promise<void> => {
  const row = await lockRecord<SubmissionRow>(tx, submission, id, caller, { action: 'update' });
  if (row.state !== 'FORM_SUBMISSION_STATE_RECEIVED') return;
  const neighbours = await neighboursOf(tx, row);
  const doubt = doubtOf(neighbours);
  if (neighbours.at_once > AT_ONCE_MAX) await rememberFlood(tx, row);
  await applyChange(tx, submission, row, { verb: doubt ? 'held' : 'accepted' }, (draft) =>
    doubt ? hold(draft, doubt) : accept(draft, 'DOUBT_REASON_UNSPECIFIED'),
  );
};

export const settleWork = (database: Database): Work<{ id: string }> => ({
  queue: SETTLE_QUEUE,
  options: { retryLimit: 100_000, retryDelay: 2, retryBackoff: true, retryDelayMax: 300 },
  concurrency: 2,
  run: async ({ id }) => {
    const caller = serviceCaller('marketing');
    await runIn({ caller, deadline: Date.now() + 30_000 }, () => database.transact((tx) => settle(tx, id, caller)));
  },
});

export const reviewSubmission = (
  tx: Tx,
  id: string,
  accepted: boolean,
  caller: Caller,
  version: number,
): Promise<SubmissionRow> =>
  changeRecord<SubmissionRow>(
    tx,
    submission,
    id,
    caller,
    { action: 'update', verb: accepted ? 'accepted' : 'refused', version },
    (row) => review(row, accepted),
  );
