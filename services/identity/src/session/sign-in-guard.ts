import { Problem } from '@pelagic/chassis/problem';
import type { Database } from '@pelagic/chassis/database';
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { turns } from './turns.ts';

/**
 * Lock-out by what failed sign-ins have in common. A login from one address locks after five; an address that tries
 * many logins, and a login that is tried from many addresses, later. Nobody is locked out by others at an address from
 * which they have signed in before.
 */
type Limit = { free: number; firstMs: number; mostMs: number };

const MINUTE_MS = 60_000;
export const LIMITS = {
  pair: { free: 5, firstMs: MINUTE_MS / 2, mostMs: 15 * MINUTE_MS },
  address: { free: 50, firstMs: MINUTE_MS, mostMs: 15 * MINUTE_MS },
  login: { free: 100, firstMs: MINUTE_MS, mostMs: 15 * MINUTE_MS },
} satisfies Record<string, Limit>;
type Kind = keyof typeof LIMITS;

/** Failures are forgotten this long after the last one. */
export const FORGET_MS = 60 * MINUTE_MS;
/** Attempts of one login from one address wait for each other, so that a hundred at once are no more than a hundred in a row. */
const WAITING_MAX = 150;

/** How long the key is locked after so many failures: nothing at first, then doubling. Milliseconds. */
export const lockMs = (failures: number, { free, firstMs, mostMs }: Limit): number =>
  failures < free ? 0 : Math.min(mostMs, firstMs * 2 ** Math.min(failures - free, 20));

/** Keys are hashed: people type passwords where their login belongs. */
const keysOf = (login: string, address: string): Record<Kind, string> => {
  const key = (...parts: string[]) => createHash('sha256').update(parts.join('\0')).digest('hex');
  return { pair: key('pair', login, address), address: key('address', address), login: key('login', login) };
};

const locked = (seconds: number): Problem =>
  new Problem('RESOURCE_EXHAUSTED', 'SIGN_IN_LOCKED', `Too many failed sign-ins. Try again in ${seconds} seconds.`, {
    params: { retryAfterSeconds: String(seconds) },
  });

export type SignInGuard = {
  /** Runs one attempt at a time per login and address. Throws RESOURCE_EXHAUSTED while locked. */
  attempt: <T>(
    who: { login: string; address: string; employeeId: string | undefined },
    work: () => Promise<T>,
  ) => Promise<T>;
  /** Counts a failure; true when it locked something. */
  failed: (login: string, address: string) => Promise<boolean>;
  /** A success: the login from this address starts anew. */
  succeeded: (login: string, address: string) => Promise<void>;
  /** Forgets what is long past. */
  forget: () => Promise<void>;
};

export const signInGuard = (database: Database): SignInGuard => {
  const inTurn = turns(WAITING_MAX);

  const isKnownAddress = async (employeeId: string | undefined, address: string): Promise<boolean> => {
    if (!employeeId) return false;
    const { rows } =
      await sql`select 1 from session where employee_id = ${employeeId} and remote_address = ${address} and create_time > now() - interval '90 days' limit 1`.execute(
        database.sql,
      );
    return rows.length > 0;
  };

  const check = async (login: string, address: string, employeeId: string | undefined): Promise<void> => {
    const keys = keysOf(login, address);
    const { rows } = await sql<{ key: string; seconds: number }>`
      select key, ceil(extract(epoch from locked_until - now()))::int as seconds from sign_in_failure
      where key in (${sql.join(Object.values(keys))}) and locked_until > now() order by locked_until desc`.execute(
      database.sql,
    );
    const standing =
      rows.length && (await isKnownAddress(employeeId, address)) ? rows.filter(({ key }) => key === keys.pair) : rows;
    if (standing[0]) throw locked(standing[0].seconds);
  };

  return {
    attempt: ({ login, address, employeeId }, work) =>
      inTurn(`${login}\0${address}`, async () => {
        await check(login, address, employeeId);
        return work();
      }),
    failed: async (login, address) => {
      let locks = false;
      for (const [kind, key] of Object.entries(keysOf(login, address)) as [Kind, string][]) {
        const { rows } = await sql<{ failures: number }>`
          insert into sign_in_failure (key, failures, last_time) values (${key}, 1, now())
          on conflict (key) do update set last_time = now(),
            failures = case when sign_in_failure.last_time < now() - ${FORGET_MS} * interval '1 ms' then 1 else sign_in_failure.failures + 1 end
          returning failures`.execute(database.sql);
        const ms = lockMs(rows[0]!.failures, LIMITS[kind]);
        if (ms)
          await sql`update sign_in_failure set locked_until = greatest(locked_until, now() + ${ms} * interval '1 ms') where key = ${key}`.execute(
            database.sql,
          );
        locks ||= ms > 0;
      }
      return locks;
    },
    succeeded: async (login, address) => {
      await sql`delete from sign_in_failure where key = ${keysOf(login, address).pair}`.execute(database.sql);
    },
    forget: async () => {
      await sql`delete from sign_in_failure where last_time < now() - interval '1 day'`.execute(database.sql);
    },
  };
};
