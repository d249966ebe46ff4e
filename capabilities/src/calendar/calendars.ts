import { upsert } from '@pelagic/chassis/append';
import type { Database, Tx } from '@pelagic/chassis/database';
import { invalidField, Problem } from '@pelagic/chassis/problem';
import { projection, type Projection, type State } from '@pelagic/chassis/projection';
import { sql, type Kysely } from 'kysely';
import { workingTime, type WorkingHours, type WorkingTime } from './working-time.ts';

/** The working calendars of the enterprise, as a service that counts working hours has them. */
export type Calendars = {
  projection: Projection;
  /** Working time of a calendar, or of the default one when none is named. */
  of: (db: Kysely<any>, id?: string | null) => Promise<WorkingTime>;
  /** Refuses, naming `field`, a calendar that does not exist or is out of use. */
  check: (tx: Tx, id: string, field: string) => Promise<void>;
};

type CalendarState = WorkingHours & { name: string; active: boolean; default: boolean };

/** Calculators keep what they built: one for each version of a calendar, so many of them. */
const KEPT_MAX = 200;

const apply = (tx: Tx, states: State[]): Promise<void> =>
  upsert(
    tx,
    'calendar_copy',
    states.map(({ id, version, state }) => {
      const { name, timeZone, week, exceptions, active, default: standard } = state as CalendarState;
      return { id, version, name, hours: { timeZone, week, exceptions }, active, default: standard };
    }),
  );

type Options = { service: string; database: Database; identityAddress: string; token: () => Promise<string> };

export const openCalendars = ({ service, database, identityAddress, token }: Options): Calendars => {
  const kept = new Map<string, WorkingTime>();
  const copy = projection({
    name: 'working_calendar',
    service,
    from: 'identity',
    address: identityAddress,
    noun: 'working_calendar',
    database,
    token,
    apply,
    clear: async (tx) => void (await sql`delete from calendar_copy`.execute(tx.sql)),
  });
  const of = async (db: Kysely<any>, id?: string | null): Promise<WorkingTime> => {
    // A change of the default shows two for a moment: the later one is meant.
    const { rows } = await sql<{ id: string; version: number; hours: WorkingHours }>`
      select id, version, hours from calendar_copy where id = ${id ?? null}::uuid or "default"
      order by (id = ${id ?? null}::uuid) desc nulls last, id desc limit 1`.execute(db);
    const [row] = rows;
    if (!row) throw new Problem('UNAVAILABLE', 'NO_CALENDAR', 'No working calendar is known yet.');
    const key = `${row.id}/${row.version}`;
    let time = kept.get(key);
    if (!time) {
      if (kept.size >= KEPT_MAX) kept.clear();
      kept.set(key, (time = workingTime(row.hours)));
    }
    return time;
  };
  const known = async (tx: Tx, id: string): Promise<{ active: boolean } | undefined> =>
    (await sql<{ active: boolean }>`select active from calendar_copy where id = ${id}`.execute(tx.sql)).rows[0];
  return {
    projection: copy,
    of,
    check: async (tx, id, field) => {
      const found = (await known(tx, id)) ?? ((await copy.fetch(id, tx)) ? await known(tx, id) : undefined);
      if (!found?.active) throw invalidField(field, 'UNKNOWN_CALENDAR', 'There is no such calendar in use.');
    },
  };
};
