import { AsyncLocalStorage } from 'node:async_hooks';
import type { Caller } from './caller.ts';
import type { EventEnvelope } from './outbox.ts';

/** What holds for the unit of work at hand: one rpc or one message. */
export type Context = {
  caller: Caller;
  /** Epoch milliseconds after which nobody waits for the answer. */
  deadline: number;
  /** W3C trace context of the work, for hops that have no span of their own. */
  traceparent?: string;
  /** Collects the events of what the work commits, where somebody wants to know. */
  told?: EventEnvelope[];
};

const storage = new AsyncLocalStorage<Context>();

export const runIn = <T>(context: Context, work: () => T): T => storage.run(context, work);

export const currentContext = (): Context | undefined => storage.getStore();

/** The caller of the rpc being served. Throws outside of one: work without a caller is a mistake. */
export const currentCaller = (): Caller => {
  const context = storage.getStore();
  if (!context) throw new Error('No caller: this code runs outside of an rpc, message or job.');
  return context.caller;
};
