import type { ConsumerMessages, JsMsg } from '@nats-io/jetstream';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long the first event of a batch waits for company: a transaction of its own costs far more than that. */
const GATHER_MS = 20;

/**
 * What comes within a moment makes a batch of so many at most. Not what the server says is pending: of events that were published together
 * the first is sent before the others are counted. Taken from one standing pull, since messages sent to a pull that was
 * given up come again only after the ack wait.
 */
export async function* gather(messages: ConsumerMessages, max: number): AsyncGenerator<JsMsg[]> {
  const source = messages[Symbol.asyncIterator]();
  let next = source.next();
  for (;;) {
    const first = await next;
    if (first.done) return;
    const batch = [first.value];
    next = source.next();
    const gathered = sleep(GATHER_MS, undefined, { ref: false });
    while (batch.length < max) {
      const more = await Promise.race([next, gathered]);
      if (!more || more.done) break;
      batch.push(more.value);
      next = source.next();
    }
    yield batch;
  }
}
