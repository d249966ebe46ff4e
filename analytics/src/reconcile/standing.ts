import type { Database } from '@pelagic/chassis/database';
import { sql } from 'kysely';
import type { Sum } from './sums.ts';

export type State = 'UNKNOWN' | 'EQUAL' | 'HEALING' | 'DIFFERS' | 'UNREACHABLE';

/** Times are text with their zone. */
type ServiceRow = {
  service: string;
  state: State;
  look_time: string | null;
  proof_time: string | null;
  events: string;
  missing: string;
  problem: string;
  stream_created: string | null;
  stream_deleted: string;
  stream_hour: string | null;
};

export type Run = {
  id: string;
  ask_time: string;
  end_time: string | null;
  done: string;
  total: string;
  problem: string;
};

/** What the reconciler remembers, in analytics' PostgreSQL: any instance can answer from it, and the next leader goes on. */
export const standingOf = ({ sql: db }: Pick<Database, 'sql'>) => ({
  of: async (service: string): Promise<ServiceRow> => {
    const { rows } = await sql<ServiceRow>`
      insert into reconcile_service (service) values (${service}) on conflict (service) do update set service = excluded.service returning *`.execute(
      db,
    );
    return rows[0]!;
  },
  all: async (): Promise<ServiceRow[]> =>
    (await sql<ServiceRow>`select * from reconcile_service order by service`.execute(db)).rows,
  set: async (
    service: string,
    values: Partial<Omit<ServiceRow, 'service' | 'events' | 'missing'>> & { events?: number; missing?: number },
  ) => {
    await db.updateTable('reconcile_service').set(values).where('service', '=', service).execute();
  },

  /** Sums of hours that are over, as the ledger told them. */
  hours: async (service: string): Promise<Sum[]> => {
    const { rows } = await sql<{ hour: string; events: string; checksum: string }>`
      select hour, events, checksum from reconcile_hour where service = ${service} order by hour`.execute(db);
    return rows.map(({ hour, events, checksum }) => ({
      at: Date.parse(hour),
      events: Number(events),
      checksum,
    }));
  },
  keepHours: async (service: string, sums: Sum[]): Promise<void> => {
    if (!sums.length) return;
    await sql`
      insert into reconcile_hour (service, hour, events, checksum)
      select ${service}, * from unnest(${sums.map(({ at }) => new Date(at))}::timestamptz[], ${sums.map(({ events }) => events)}::bigint[], ${sums.map(({ checksum }) => checksum)}::bigint[])
      on conflict (service, hour) do update set events = excluded.events, checksum = excluded.checksum`.execute(db);
  },
  forgetHours: async (service: string, before?: Date): Promise<void> => {
    await sql`delete from reconcile_hour where service = ${service} and hour < ${before ?? new Date('9999-01-01')}`.execute(
      db,
    );
  },

  /** Asks for a comparison event by event; one that waits or is under way is enough. */
  ask: async (): Promise<string> => {
    const open = await sql<Run>`select id from reconcile_run where end_time is null order by ask_time limit 1`.execute(
      db,
    );
    if (open.rows[0]) return open.rows[0].id;
    const { rows } = await sql<Run>`insert into reconcile_run default values returning id`.execute(db);
    return rows[0]!.id;
  },
  run: async (id: string): Promise<Run | undefined> =>
    (await sql<Run>`select * from reconcile_run where id = ${id}::uuid`.execute(db)).rows[0],
  lastRun: async (): Promise<Run | undefined> =>
    (await sql<Run>`select * from reconcile_run order by ask_time desc limit 1`.execute(db)).rows[0],
  openRun: async (): Promise<Run | undefined> =>
    (await sql<Run>`select * from reconcile_run where end_time is null order by ask_time limit 1`.execute(db)).rows[0],
  trimRuns: async (days: number) => {
    await sql`delete from reconcile_run where end_time < now() - make_interval(days => ${days})`.execute(db);
  },
  setRun: async (id: string, values: { done?: number; total?: number; problem?: string; end_time?: Date }) => {
    await db.updateTable('reconcile_run').set(values).where('id', '=', id).execute();
  },
});

export type Standing = ReturnType<typeof standingOf>;
