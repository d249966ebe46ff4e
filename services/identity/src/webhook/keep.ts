import { now } from '@pelagic/chassis/clock';
import type { Database, Tx } from '@pelagic/chassis/database';
import type {
  KeepWebhookRequest,
  KeepWebhookResponse,
  WebhookOutcome,
  WebhookResult,
} from '@pelagic/proto/crm/identity/v1/webhook';
import type { WebhookStop } from '@pelagic/proto/crm/identity/v1/partner';
import { sql } from 'kysely';
import type { PartnerRow } from '../partner/partner.ts';
import { webhookSecrets } from './secret.ts';
import { BEGUN, ownEvent, settle } from './settle.ts';
import { findWritten, forgetOld, listPending, write } from './webhook.queries.ts';

/** Longer than a turn may last: who holds it begins nothing after 12 seconds and waits 15 for an answer. */
const HELD_SECONDS = 30;
/** Of who takes nothing for so long, nothing is expected. */
const FAILING_DAYS = 5;
const TIDY_HOURS = 1;

/** It was posted and not taken. */
const MISSED = new Set<WebhookOutcome>(['WEBHOOK_OUTCOME_REFUSED', 'WEBHOOK_OUTCOME_GONE']);

const NOT_HELD: KeepWebhookResponse = { held: false, url: '', secrets: [], takenSequence: '0', pending: [] };

type Endpoint = {
  generation: number;
  taken_sequence: string;
  taken_time: string | null;
  /** It has taken nothing for days. */
  hopeless: boolean;
  untidy: boolean;
};
type Kept = { answer: KeepWebhookResponse; stop?: WebhookStop };

/** The endpoint, locked and held by who asks; undefined while another holds it. */
const hold = async (tx: Tx, partnerId: string, generation: number, holder: string): Promise<Endpoint | undefined> => {
  await sql`
    insert into webhook_endpoint (partner_id, generation) values (${partnerId}, 0) on conflict do nothing`.execute(
    tx.sql,
  );
  const { rows } = await sql<Endpoint>`
    update webhook_endpoint set holder = ${holder}, held_until = now() + ${`${HELD_SECONDS} seconds`}::interval
    where partner_id = ${partnerId} and (holder = ${holder} or held_until is null or held_until < now())
      and generation <= ${generation}
    returning generation, taken_sequence::text, taken_time, failing_time < now() - ${`${FAILING_DAYS} days`}::interval as hopeless,
      tidy_time < now() - ${`${TIDY_HOURS} hours`}::interval as untidy`.execute(tx.sql);
  return rows[0];
};

/** Nobody has to wait for who is through. */
const release = async (tx: Tx, partnerId: string, holder: string): Promise<void> => {
  await sql`update webhook_endpoint set held_until = null where partner_id = ${partnerId} and holder = ${holder}`.execute(
    tx.sql,
  );
};

/** Another policy begins another stream: what waited of the one before is posted by nobody, and the receiver is told first. */
const begin = async (tx: Tx, partnerId: string, generation: number): Promise<void> => {
  await sql`
    update webhook_event set state = 'WEBHOOK_EVENT_STATE_DROPPED', due_time = null, update_time = clock_timestamp()
    where partner_id = ${partnerId} and generation < ${generation} and state = 'WEBHOOK_EVENT_STATE_WAITING'`.execute(
    tx.sql,
  );
  await sql`update webhook_endpoint set generation = ${generation}, taken_sequence = 0 where partner_id = ${partnerId}`.execute(
    tx.sql,
  );
  await write(tx, partnerId, generation, [ownEvent(BEGUN)]);
};

const takeResults = async (tx: Tx, partnerId: string, endpoint: Endpoint, results: WebhookResult[]): Promise<void> => {
  const isTaken = results.some(({ outcome }) => outcome === 'WEBHOOK_OUTCOME_TAKEN');
  const takenTime = isTaken ? now().toISOString() : endpoint.taken_time;
  const known = await findWritten(
    tx,
    partnerId,
    endpoint.generation,
    results.map(({ id }) => id),
  );
  const circumstances = () => ({ now: now(), takenTime, chance: Math.random() });
  const settled = results.map((result) => settle(result, known.get(result.id), circumstances()));
  await write(tx, partnerId, endpoint.generation, settled);
  if (isTaken)
    await sql`update webhook_endpoint set taken_time = ${takenTime}, failing_time = null where partner_id = ${partnerId}`.execute(
      tx.sql,
    );
  else if (results.some(({ outcome }) => MISSED.has(outcome)))
    await sql`update webhook_endpoint set failing_time = coalesce(failing_time, now()) where partner_id = ${partnerId}`.execute(
      tx.sql,
    );
};

/** Why nothing is to be posted any more, after these results. */
const stopAfter = ({ hopeless }: Endpoint, results: WebhookResult[]): WebhookStop | undefined => {
  if (results.some(({ outcome }) => outcome === 'WEBHOOK_OUTCOME_GONE')) return 'WEBHOOK_STOP_GONE';
  const isTaken = results.some(({ outcome }) => outcome === 'WEBHOOK_OUTCOME_TAKEN');
  return hopeless && !isTaken && results.length ? 'WEBHOOK_STOP_FAILING' : undefined;
};

const activeIn = async (tx: Tx, partnerId: string, generation: number): Promise<PartnerRow | undefined> => {
  const { rows } = await sql<PartnerRow>`
    select * from partner where id = ${partnerId} and active and webhook_url <> '' and generation = ${generation}
      and webhook_stop = 'WEBHOOK_STOP_UNSPECIFIED'`.execute(tx.sql);
  return rows[0];
};

/**
 * A turn of posting: takes in what came of the last one and gives the right to the next, to one process at a time. A process that
 * dies in between has its right run out, and what it posted without saying so is posted again under the same id.
 */
export const keepWebhook = (database: Database, key: string, request: KeepWebhookRequest): Promise<Kept> =>
  database.transact(async (tx) => {
    const { partnerId, generation, holder, results, takenSequence } = request;
    // Signed with nothing, it could come from anybody.
    const row = key ? await activeIn(tx, partnerId, generation) : undefined;
    const endpoint = row && (await hold(tx, partnerId, generation, holder));
    if (request.release) await release(tx, partnerId, holder);
    if (!endpoint) return { answer: NOT_HELD };
    const isNew = endpoint.generation < generation;
    if (isNew) await begin(tx, partnerId, generation);
    else await takeResults(tx, partnerId, endpoint, results);
    const { rows } = await sql<{ taken: string }>`
      update webhook_endpoint set taken_sequence = greatest(taken_sequence, ${isNew ? '0' : takenSequence}::bigint)
        ${endpoint.untidy ? sql`, tidy_time = now()` : sql``}
      where partner_id = ${partnerId} returning taken_sequence::text as taken`.execute(tx.sql);
    if (endpoint.untidy) await forgetOld(tx, partnerId);
    const stop = isNew ? undefined : stopAfter(endpoint, results);
    if (stop) return { answer: NOT_HELD, stop };
    const answer = {
      held: true,
      url: row.webhook_url,
      secrets: webhookSecrets(key, row, now()),
      takenSequence: rows[0]!.taken,
      pending: await listPending(tx, partnerId, generation),
    };
    return { answer };
  });
