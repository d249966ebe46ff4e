import type { Seam } from '@pelagic/chassis/rpc';

type Audit = NonNullable<Seam['audit']>;

/** At most this many refusals of callers who are not signed in are written a minute and address: the rest would flood the trail. */
const PUBLIC_PER_MINUTE = 30;
const MINUTE_MS = 60_000;
const ADDRESSES_MAX = 10_000;

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

/** rpcs of the capabilities, which write no entry of their own here. */
const isOwn = (service: string): boolean => service.startsWith('crm.identity.');

/**
 * What of the seam's calls still has to be written. Identity's changes are in the trail with their transaction, so only
 * their refusals are missing; a failed sign-in is written where it fails, which knows whether the login is anybody's or
 * a password in the wrong box.
 */
export const unwritten = (write: Audit): Audit => {
  const within = limiter();
  return (call) => {
    const { rpc, caller, request, outcome } = call;
    if (isOwn(rpc.service) && (outcome === 'ok' || rpc.method === 'SignIn')) return;
    const address = caller.remoteAddress || String((request as { remoteAddress?: string })?.remoteAddress ?? '');
    if (caller.kind !== 'public' || within(address)) write(call);
  };
};
