import type { Database } from '@pelagic/chassis/database';
import { runIn } from '@pelagic/chassis/context';
import type { Log } from '@pelagic/chassis/log';
import type { Seam } from '@pelagic/chassis/rpc';
import type { Part } from '@pelagic/chassis/service';
import { messageType } from '@pelagic/proto/contract';
import { writeEntry } from './audit.ts';

/** At most this many refusals of callers who are not signed in are written a minute and address; the rest are counted. */
const PUBLIC_PER_MINUTE = 30;
const MINUTE_MS = 60_000;
const ADDRESSES_MAX = 10_000;

/** Fields of a request that may be written down: what names a record, and nothing secret or long. */
const plain = (type: string, request: unknown): Record<string, unknown> => {
  const secret = new Set(messageType(type).fields.filter(({ rules }) => rules?.secret).map(({ json }) => json));
  return Object.fromEntries(Object.entries((request ?? {}) as object).filter(([key, value]) => !secret.has(key) && ['string', 'number', 'boolean'].includes(typeof value) && String(value).length <= 200));
};

export const actionOfRpc = (method: string): string => method.replace(/(?!^)[A-Z]/g, (letter) => `_${letter}`).toLowerCase();

/** Counts per address, forgotten every minute. */
const limiter = () => {
  let counts = new Map<string, number>();
  let since = 0;
  return (address: string): boolean => {
    if (Date.now() - since > MINUTE_MS || counts.size > ADDRESSES_MAX) [counts, since] = [new Map(), Date.now()];
    const count = (counts.get(address) ?? 0) + 1;
    counts.set(address, count);
    return count <= PUBLIC_PER_MINUTE;
  };
};

export type Refusals = Part & { audit: NonNullable<Seam['audit']> };

/**
 * The refused half of the audit trail. What went well is written in the transaction that did it (`administer`); a
 * refused call changed nothing, so its entry is written by itself, after the answer.
 */
export const auditRefusals = (database: Database, log: Log): Refusals => {
  const writing = new Set<Promise<void>>();
  const within = limiter();
  const write: Refusals['audit'] = ({ rpc, caller, request, outcome }) => {
    // A failed sign-in is written where it fails: it knows whether the login is anybody's, or a password in the wrong box.
    if (outcome === 'ok' || rpc.method === 'SignIn') return;
    const detail = plain(rpc.request, request);
    const remoteAddress = String(detail['remoteAddress'] ?? caller.remoteAddress);
    if (caller.kind === 'public' && !within(remoteAddress)) return;
    const entry = { action: actionOfRpc(rpc.method), outcome, remoteAddress, recordId: String(detail['id'] ?? ''), detail: { request: detail } };
    const job = runIn({ caller, deadline: Date.now() + 5_000 }, () => database.transact((tx) => writeEntry(tx, entry)))
      .catch((error: unknown) => log.error({ err: error, rpc: rpc.name }, 'a refusal could not be written to the audit trail'))
      .finally(() => writing.delete(job));
    writing.add(job);
  };
  return {
    name: 'audit of refusals',
    start: async () => {},
    stop: () => Promise.all(writing),
    audit: write,
  };
};
