import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Caller } from './caller.ts';
import type { Tx } from './database.ts';
import { refused } from './problem.ts';

type Codec<T> = { encode: (message: T) => { finish: () => Uint8Array }; decode: (bytes: Uint8Array) => T };

type Call<Q, A> = {
  caller: Caller;
  rpc: string;
  requestId: string;
  request: Q;
  requestCodec: Codec<Q>;
  answerCodec: Codec<A>;
};

/**
 * Runs the work once per caller, rpc and request id, and answers the same to every repetition: the answer is stored in
 * the transaction that did the work. Without a request id it just runs. Refuses an id that came with another request.
 */
export const once = async <Q, A>(
  tx: Tx,
  { caller, rpc, requestId, request, requestCodec, answerCodec }: Call<Q, A>,
  work: () => Promise<A>,
): Promise<A> => {
  if (!requestId) return work();
  const who = `${caller.kind}:${caller.id}`;
  const hash = createHash('sha256').update(requestCodec.encode(request).finish()).digest();
  // Two of the same at once take turns; the second finds the answer of the first.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${who}/${rpc}/${requestId}`}, 0))`.execute(tx.sql);
  const { rows } = await sql<{ request_hash: Buffer; response: Buffer }>`
    select request_hash, response from idempotency where caller = ${who} and rpc = ${rpc} and request_id = ${requestId}`.execute(
    tx.sql,
  );
  const [known] = rows;
  if (known && !hash.equals(known.request_hash))
    throw refused('IDEMPOTENCY_KEY_REUSED', 'This request id was used for another request before.');
  if (known) return answerCodec.decode(known.response);
  const answer = await work();
  await sql`insert into idempotency (caller, rpc, request_id, request_hash, response) values (${who}, ${rpc}, ${requestId}, ${hash}, ${Buffer.from(answerCodec.encode(answer).finish())})`.execute(
    tx.sql,
  );
  return answer;
};
