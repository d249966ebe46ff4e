import { rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { partsOf } from '../../deploy/local/paths.ts';
import { WITHOUT_PAGES } from '../../deploy/local/processes.ts';
import { foundEnterprise, reachable, type Enterprise } from '../mesh/enterprise.ts';
import { until } from '../mesh/person.ts';
import { deleteMessages, deleteRows, type Stored } from './damage.ts';

/** How long each drill may take before it is given up: the limits. */
const FOUND_MS = 120_000;
const HEALED_MS = 300_000;

type Drilled = {
  drill: string;
  lost: number;
  foundSeconds: number;
  healedSeconds: number;
  equal: boolean;
};

type Finding = { place: string; kind: string; events: string; healed: string; healTime?: string };

export const foundForDrill = (): Promise<Enterprise> => foundEnterprise({ only: WITHOUT_PAGES });

const query = async (house: Enterprise, database: string, text: string): Promise<any[]> => {
  const client = new pg.Client({ connectionString: house.mesh.databaseUrl(database) });
  await client.connect();
  return client
    .query(text)
    .then(({ rows }) => rows)
    .finally(() => client.end());
};

/** Leads that were entered and changed: two events each. */
export const tellStory = async ({ admin }: Enterprise, leads: number): Promise<void> => {
  for (let at = 0; at < leads; at += 20) {
    const numbers = Array.from({ length: Math.min(20, leads - at) }, (_, index) => at + index);
    const entered = await Promise.all(
      numbers.map((n) => admin.post('/v1/leads', { name: `线索 ${n}`, phones: [`139${String(n).padStart(8, '0')}`] })),
    );
    await Promise.all(entered.map(({ id }) => admin.patch(`/v1/leads/${id}`, { company: '海蓝' })));
  }
};

/** What no drill may change: effects in the services, and the figure of the dashboard. */
const effects = async (house: Enterprise) => {
  const year = new Date().getUTCFullYear();
  const period = { fromDate: `${year}-01-01`, toDate: `${year + 1}-12-31` };
  const { totals } = await house.admin.post('/v1/analytics/questions:ask', {
    question: { cube: 'lead', measures: ['new_count'], period },
  });
  const [timeline] = await query(house, 'customer', 'select count(*)::int as n from timeline');
  const [seen] = await query(house, 'customer', 'select sum(version)::int as n from projection_seen');
  const [outbox] = await query(house, 'customer', 'select count(*)::int as n, count(hash)::int as hashed from outbox');
  return JSON.stringify({ leads: totals[0].value, timeline: timeline.n, seen: seen.n, outbox });
};

const findings = async ({ admin }: Enterprise): Promise<Finding[]> =>
  (await admin.get('/v1/reconciliation/findings?pageSize=200')).findings;

/** All are compared, and nothing is under way. */
const settled = async ({ admin }: Enterprise): Promise<boolean> => {
  const { services, running } = await admin.get('/v1/reconciliation');
  return !running && services.every(({ state }: { state: string }) => state === 'RECONCILIATION_STATE_EQUAL');
};

/** Asks for a comparison once it is over, until everything is equal: some ids the bus takes again only after two minutes. */
const compared = async (house: Enterprise): Promise<boolean> => {
  const { running } = await house.admin.get('/v1/reconciliation');
  if (running) return false;
  if (await settled(house)) return true;
  await house.admin.post('/v1/reconciliation:run');
  return false;
};

type Damage = { drill: string; lost: number; inflict: () => Promise<void>; kind: string; byItself?: boolean };

/** Does the damage, and measures from when everything runs again until it is found, and until all is as it was. */
const drill = async (house: Enterprise, damage: Damage): Promise<Drilled> => {
  const before = await effects(house);
  const known = (await findings(house)).length;
  await damage.inflict();
  await reachable(house.admin);
  const began = performance.now();
  if (!damage.byItself) await house.admin.post('/v1/reconciliation:run');
  const fresh = async () => (await findings(house)).slice(0, -known || undefined);
  await until(`${damage.drill}: found`, damage.byItself ? 5 * FOUND_MS : FOUND_MS, async () =>
    (await fresh()).some(({ kind }) => kind === damage.kind),
  );
  const found = performance.now();
  await until(
    `${damage.drill}: healed`,
    HEALED_MS,
    async () => (await (damage.byItself ? settled(house) : compared(house))) && (await effects(house)) === before,
    500,
  );
  const seconds = (from: number, to: number) => Math.round((to - from) / 100) / 10;
  return {
    drill: damage.drill,
    lost: damage.lost,
    foundSeconds: seconds(began, found),
    healedSeconds: seconds(found, performance.now()),
    equal: (await findings(house)).every(({ healTime }) => healTime),
  };
};

/** The drills one after the other on one enterprise; `byItself` waits for the job instead of asking for a comparison. */
export const drillAll = async (
  house: Enterprise,
  { rows, byItself }: { rows: number; byItself: boolean },
): Promise<{ drilled: Drilled[]; before: Stored; after: Stored }> => {
  const { mesh } = house;
  const { nats, clickhouse } = partsOf(mesh.around.dataDir);
  await house.admin.post('/v1/reconciliation:run');
  await until('the first comparison', FOUND_MS, () => compared(house), 500);
  await mesh.halt('analytics');
  const before = await deleteRows(mesh, 0);
  await mesh.restart('analytics');
  await reachable(house.admin);
  const damages: Damage[] = [
    {
      drill: 'rows deleted from ClickHouse, messages from the stream',
      lost: 2 * rows,
      kind: 'FINDING_KIND_MISSING',
      byItself,
      inflict: async () => {
        await mesh.halt('analytics');
        await mesh.halt('nats');
        await deleteRows(mesh, rows);
        await deleteMessages(mesh, 'CUSTOMER', rows);
        await mesh.restart('nats');
        await mesh.restart('analytics');
      },
    },
    {
      drill: 'rows deleted from the facts alone',
      lost: 2 * rows,
      kind: 'FINDING_KIND_MISSING',
      byItself,
      inflict: async () => {
        await mesh.halt('analytics');
        await deleteRows(mesh, rows, 'facts');
        await mesh.restart('analytics');
      },
    },
    {
      drill: 'JetStream store deleted',
      lost: Number(before.events),
      kind: 'FINDING_KIND_STORE_LOST',
      byItself,
      inflict: async () => {
        await mesh.halt('nats');
        rmSync(join(nats, 'jetstream'), { recursive: true, force: true });
        await mesh.restart('nats');
      },
    },
    {
      drill: 'ClickHouse folder deleted',
      lost: Number(before.events),
      kind: 'FINDING_KIND_STORE_LOST',
      byItself,
      inflict: async () => {
        await mesh.halt('analytics');
        rmSync(clickhouse, { recursive: true, force: true });
        await mesh.restart('analytics');
      },
    },
  ];
  const drilled: Drilled[] = [];
  for (const damage of damages) drilled.push(await drill(house, damage));
  await mesh.halt('analytics');
  const after = await deleteRows(mesh, 0);
  return { drilled, before, after };
};
