import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Caller } from './caller.ts';
import type { Tx } from './database.ts';
import { refused } from './problem.ts';

/** An rpc as its service's definition has it: its name on the wire, and how request and answer become bytes. */
type Method<Q, A> = {
  path: string;
  requestSerialize: (request: Q) => Buffer;
  responseSerialize: (answer: A) => Buffer;
  responseDeserialize: (bytes: Buffer) => A;
};

/**
 * Runs the work once per caller, rpc and request id, and answers the same to every repetition: the answer is stored in
 * the transaction that did the work, as the handler gave it: the seam masks it anew at every repetition, by the rights
 * of then. Without a request id it just runs. Refuses an id that came with another request.
 */
export const once = async <Q extends { requestId: string }, A>(
  tx: Tx,
  caller: Caller,
  { path: rpc, requestSerialize, responseSerialize, responseDeserialize }: Method<Q, A>,
  request: Q,
  work: () => Promise<A>,
): Promise<A> => {
  const { requestId } = request;
  if (!requestId) return work();
  const who = `${caller.kind}:${caller.id}`;
  const hash = createHash('sha256').update(requestSerialize(request)).digest();
  // Two of the same at once take turns; the second finds the answer of the first.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${who}/${rpc}/${requestId}`}, 0))`.execute(tx.sql);
  const { rows } = await sql<{ request_hash: Buffer; response: Buffer }>`
    select request_hash, response from idempotency where caller = ${who} and rpc = ${rpc} and request_id = ${requestId}`.execute(
    tx.sql,
  );
  const [known] = rows;
  if (known && !hash.equals(known.request_hash))
    throw refused('IDEMPOTENCY_KEY_REUSED', 'This request id was used for another request before.');
  if (known) return responseDeserialize(known.response);
  const answer = await work();
  await sql`insert into idempotency (caller, rpc, request_id, request_hash, response) values (${who}, ${rpc}, ${requestId}, ${hash}, ${responseSerialize(answer)})`.execute(
    tx.sql,
  );
  return answer;
};
