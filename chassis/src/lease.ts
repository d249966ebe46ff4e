import { randomUUID } from 'node:crypto';
import { sql, type Kysely } from 'kysely';
import type { Tx } from './database.ts';

/** A lease on a name, with an epoch that fences a holder who slept through its end. */
export type Lease = {
  /** Takes, or renews when a quarter of its time is over; the epoch while held, otherwise undefined. */
  hold: () => Promise<bigint | undefined>;
  release: () => Promise<void>;
};

export class LeaseLost extends Error {
  constructor(name: string) {
    super(`Another process holds ${name}.`);
    this.name = 'LeaseLost';
  }
}

/** Lets the transaction go on only while the lease is held; nobody can take it before the transaction is over. Throws LeaseLost. */
export const fence = async (tx: Tx, name: string, epoch: bigint): Promise<void> => {
  const { rows } =
    await sql`select 1 from lease where name = ${name} and epoch = ${epoch.toString()}::bigint for update`.execute(
      tx.sql,
    );
  if (!rows.length) throw new LeaseLost(name);
};

/** `ttlMs` is how long the others wait after the holder died. */
export const leaseOn = (db: Kysely<any>, name: string, ttlMs: number): Lease => {
  const holder = randomUUID();
  let held: { epoch: bigint; renewed: number } | undefined;
  return {
    hold: async () => {
      if (held && performance.now() - held.renewed < ttlMs / 4) return held.epoch;
      const renewed = performance.now();
      const { rows } = await sql<{ epoch: string }>`
        insert into lease (name, holder, epoch, expire_time) values (${name}, ${holder}, 1, now() + ${ttlMs} * interval '1 ms')
        on conflict (name) do update set holder = excluded.holder, expire_time = excluded.expire_time,
          epoch = lease.epoch + (lease.holder <> excluded.holder)::int
        where lease.holder = excluded.holder or lease.expire_time < now()
        returning epoch`.execute(db);
      held = rows[0] && { epoch: BigInt(rows[0].epoch), renewed };
      return held?.epoch;
    },
    release: async () => {
      held = undefined;
      await sql`update lease set expire_time = '-infinity' where name = ${name} and holder = ${holder}`.execute(db);
    },
  };
};
