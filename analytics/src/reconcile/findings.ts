import type { Database } from '@pelagic/chassis/database';
import { sql } from 'kysely';
import { Counter, Gauge } from 'prom-client';
import type { Span } from './ledgers.ts';

export type Place = 'STREAM' | 'EVENT_LOG' | 'FACTS' | 'VERSIONS';
type Kind = 'MISSING' | 'FOREIGN' | 'DOUBLE' | 'STORE_LOST';
type Found = { service: string; place: Place; kind: Kind; events: number; examples: string[]; span?: Span };

const EXAMPLES_MAX = 20;
/** What is healed, and a comparison that is over, is kept so long; what stands, until it is healed. */
export const KEPT_DAYS = 90;

const missing = new Gauge({
  name: 'reconcile_missing',
  help: 'Events of the ledger that are missing',
  labelNames: ['service', 'place'],
});
const healed = new Counter({
  name: 'reconcile_healed_total',
  help: 'Events put back',
  labelNames: ['service', 'place'],
});

export type Findings = {
  /** Tells of it; what stands already has so many more than were healed of it. Answers its id. */
  found: (what: Found) => Promise<string>;
  /** So many of them were put back. */
  mended: (id: string, what: Pick<Found, 'service' | 'place'>, events: number) => Promise<void>;
  /** It was gone through: over when all of it is healed. */
  settled: (id: string) => Promise<void>;
  /** Nothing of the kind stands any more. */
  over: (what: Pick<Found, 'service' | 'place' | 'kind'>) => Promise<void>;
  missing: (service: string, place: Place, events: number) => void;
  /** Forgets what is healed for a long time. */
  trim: () => Promise<void>;
  /** How many stand: what is there twice is counted once and stands for nothing. */
  standing: (service: string) => Promise<number>;
};

export const openFindings = (database: Pick<Database, 'sql'>): Findings => ({
  found: async ({ service, place, kind, events, examples, span }) => {
    const { rows } = await sql<{ id: string }>`
      insert into reconcile_finding (service, place, kind, events, from_time, to_time, examples)
      values (${service}, ${place}, ${kind}, ${events}, ${span?.from ?? null}, ${span?.to ?? null}, ${examples.slice(0, EXAMPLES_MAX)})
      on conflict (service, place, kind, from_time, to_time) where heal_time is null
        do update set events = reconcile_finding.healed + excluded.events,
          examples = case when cardinality(reconcile_finding.examples) < ${EXAMPLES_MAX} then reconcile_finding.examples || excluded.examples else reconcile_finding.examples end
      returning id`.execute(database.sql);
    return rows[0]!.id;
  },
  mended: async (id, { service, place }, events) => {
    healed.inc({ service, place }, events);
    await sql`
      update reconcile_finding set healed = healed + ${events}::bigint where id = ${id}::uuid`.execute(database.sql);
  },
  settled: async (id) => {
    await sql`update reconcile_finding set heal_time = now() where id = ${id}::uuid and healed >= events`.execute(
      database.sql,
    );
  },
  over: async ({ service, place, kind }) => {
    await sql`
      update reconcile_finding set heal_time = now(), healed = case when kind in ('MISSING', 'STORE_LOST') then events else healed end
      where service = ${service} and place = ${place} and kind = ${kind} and heal_time is null`.execute(database.sql);
  },
  trim: async () => {
    await sql`delete from reconcile_finding where heal_time < now() - make_interval(days => ${KEPT_DAYS})`.execute(
      database.sql,
    );
  },
  missing: (service, place, events) => missing.set({ service, place }, events),
  standing: async (service) => {
    const { rows } = await sql<{ n: string }>`
      select count(*) as n from reconcile_finding where service = ${service} and not (place = 'STREAM' and kind = 'DOUBLE') and heal_time is null`.execute(
      database.sql,
    );
    return Number(rows[0]!.n);
  },
});
