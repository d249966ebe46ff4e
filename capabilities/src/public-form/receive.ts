import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import { Problem, type FieldError } from '@pelagic/chassis/problem';
import type { Queue } from '@pelagic/chassis/queue';
import { sql } from 'kysely';
import type { Row } from '../record/mapping.ts';
import { insertRecord } from '../record/records.ts';
import { stateOf, type DoubtReason, type Intake, type SubmissionRow } from './intake.ts';
import type { Ticket } from './page-ticket.ts';
import { SETTLE_MS, SETTLE_QUEUE } from './settle.ts';

/** People take longer to type a name and a phone number. */
const FILL_MIN_MS = 3_000;
/** What one address may send within ten minutes; beyond it nothing is stored. */
const STORED_MAX = 20;
const STORED_SECONDS = 600;

/** What is wrong with one answer joins what is wrong with the others. */
export const tried = (errors: FieldError[], normalize: () => string): string => {
  try {
    return normalize();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    errors.push(...error.fields);
    return '';
  }
};

const doubtAtOnce = (website: string, ageMs: number): DoubtReason | undefined => {
  if (website) return 'DOUBT_REASON_HONEYPOT';
  return ageMs < FILL_MIN_MS ? 'DOUBT_REASON_TOO_FAST' : undefined;
};

/** Those of one address take turns, so that they are counted right. */
const chargeAddress = async (tx: Tx, table: string, address: string): Promise<void> => {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`form address/${address}`}, 0))`.execute(tx.sql);
  const { rows } = await sql<{ sent: number }>`
    select count(*)::int as sent from ${sql.table(table)} where remote_address = ${address} and create_time > now() - ${`${STORED_SECONDS} seconds`}::interval`.execute(
    tx.sql,
  );
  if (rows[0]!.sent < STORED_MAX) return;
  const retryAfterSeconds = String(STORED_SECONDS);
  throw new Problem('RESOURCE_EXHAUSTED', 'TOO_MANY_REQUESTS', 'Too many requests. Try again later.', {
    params: { retryAfterSeconds },
  });
};

const stored = async <R extends SubmissionRow>(tx: Tx, table: string, id: string): Promise<R | undefined> =>
  (await sql<R>`select * from ${sql.table(table)} where id = ${id}`.execute(tx.sql)).rows[0];

type Sent = {
  /** The page's, which names the submission. */
  ticket: Ticket;
  /** What stands in the field that people do not see. */
  website: string;
  values: () => Row | Promise<Row>;
};

/**
 * Stores what a stranger sent, once for each page, and lets it settle; a robot's is refused and told nothing of it. Throws
 * TOO_MANY_REQUESTS for an address that sends without end. Answers what is stored.
 */
export const receive = async <R extends SubmissionRow>(
  intake: Intake<R>,
  queue: Queue,
  tx: Tx,
  { ticket: { id, ageMs }, website, values }: Sent,
  caller: Caller,
): Promise<R> => {
  const { noun } = intake;
  const { remoteAddress } = caller;
  await chargeAddress(tx, noun.table, remoteAddress);
  // Sent again because the answer was lost, or by somebody who presses twice.
  const before = await stored<R>(tx, noun.table, id);
  if (before) return before;
  const doubt = doubtAtOnce(website, ageMs);
  const row: Row = {
    ...(await values()),
    id,
    remote_address: remoteAddress,
    state: stateOf(intake, doubt ? 'REFUSED' : 'RECEIVED'),
    reason: doubt ?? 'DOUBT_REASON_UNSPECIFIED',
    creator_id: null,
  };
  const inserted = await insertRecord<R>(tx, noun, row, caller, doubt ? 'refused' : 'received');
  if (!doubt) await queue.send(tx, SETTLE_QUEUE, { id }, { key: id, startAfter: new Date(Date.now() + SETTLE_MS) });
  return inserted;
};
