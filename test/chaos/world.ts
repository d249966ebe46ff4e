import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { WITHOUT_PAGES } from '../../deploy/local/processes.ts';
import { PACE } from '../../deploy/local/supervise.ts';
import { seeded } from '../../deploy/demo/random.ts';
import { visitor } from '../mesh/person.ts';
import { foundEnterprise, reachable, type Employed, type Enterprise } from '../mesh/enterprise.ts';
import { giveDisks, type Disks } from './disk.ts';
import type { History } from './history.ts';
import { letIn, type Outsider } from './outsider.ts';
import { openProxy, type Proxy } from './proxy.ts';
import type { Writer } from './writer.ts';

/** The house in which everything is to go wrong: all processes, and a line that can be made bad between any two. */
export type World = {
  house: Enterprise;
  managers: Employed[];
  owners: Map<string, Employed[]>;
  stages: { id: string; category: string }[];
  /** Keys of public forms. */
  forms: string[];
  /** Keys of the forms of queues. */
  requests: string[];
  outsider: Outsider;
  /** By "from→to": customer→postgres. */
  lines: Map<string, Proxy>;
  /** Of the stores; none where we may not mount. */
  disks: Disks;
  /** Files of a run's own: marks of deaths, for one. */
  folder: string;
  /** Rows of a query on a service's database, past the service. */
  ask: (database: string, text: string, values?: unknown[]) => Promise<any[]>;
  stop: () => Promise<void>;
};

/** Where a process finds the others: each address in its environment leads through a line of its own. */
const layLines = async (
  { mesh }: Enterprise,
  name: string,
  lines: Map<string, Proxy>,
): Promise<Record<string, string>> => {
  // Nobody asks the gateway for anything, and only the gateway asks analytics.
  const nodes = WITHOUT_PAGES.filter(
    (node) => node !== name && node !== 'gateway' && (node !== 'analytics' || name === 'gateway'),
  );
  const places = [...nodes, 'postgres', 'nats'];
  const ports = new Map(places.map((place) => [mesh.address(place), place]));
  const env: Record<string, string> = {};
  for (const [key, value] of Object.entries(mesh.environment(name))) {
    for (const [address, place] of ports) {
      if (!new RegExp(`${address.replaceAll('.', '\\.')}(?!\\d)`).test(value)) continue;
      const proxy = await openProxy(Number(address.split(':')[1]));
      lines.set(`${name}→${place}`, proxy);
      env[key] = value.replace(address, `${address.split(':')[0]}:${proxy.port}`);
    }
  }
  return env;
};

const askOn =
  ({ mesh }: Enterprise): World['ask'] =>
  async (database, text, values = []) => {
    const client = new pg.Client({ connectionString: mesh.databaseUrl(database) });
    client.on('error', () => {});
    await client.connect();
    try {
      return (await client.query(text, values)).rows;
    } finally {
      await client.end().catch(() => undefined);
    }
  };

/** So many that none of them is flooded. */
const FORMS = 8;

const publishForms = async ({ admin, rootId }: Enterprise): Promise<string[]> => {
  const campaign = await admin.post('/v1/campaigns', { name: '发布会', kind: 'CAMPAIGN_KIND_EVENT' });
  const publish = async (_: unknown, nth: number): Promise<string> => {
    const form = await admin.post('/v1/lead-forms', {
      name: `表单 ${nth}`,
      title: '报名',
      campaignId: campaign.id,
      departmentId: rootId,
      fields: [
        { field: 'FORM_FIELD_NAME', required: true },
        { field: 'FORM_FIELD_PHONE', required: true },
      ],
    });
    await admin.post(`/v1/lead-forms/${form.id}:setState`, { state: 'LEAD_FORM_STATE_PUBLISHED' });
    return form.publicKey;
  };
  return Promise.all(Array.from({ length: FORMS }, publish));
};

const openRequests = ({ admin, rootId }: Enterprise): Promise<string[]> =>
  Promise.all(
    Array.from({ length: FORMS }, async (_, nth) => {
      const form = { open: true, title: '联系客服' };
      const queue = { name: `网上请求 ${nth}`, departmentId: rootId, active: true, form };
      return (await admin.post('/v1/queues', queue)).publicKey;
    }),
  );

/** Departments with a manager, who writes, and salespeople, who own. */
export const foundWorld = async (): Promise<World> => {
  const house = await foundEnterprise({
    only: WITHOUT_PAGES,
    pace: { ...PACE, firstMs: 50, longestMs: 400 },
    // Strangers come from many addresses.
    env: { gateway: { TRUSTED_PROXIES: '127.0.0.1' } },
  });
  const disks = await giveDisks(house.mesh);
  await reachable(house.admin);
  const lines = new Map<string, Proxy>();
  const managers: Employed[] = [];
  const owners = new Map<string, Employed[]>();
  for (const [place, name] of ['华东', '华南', '华北'].entries()) {
    const department = await house.department(name);
    const manager = await house.hire(`manager${place}`, '销售经理', department);
    const sellers = [1, 2].map((nth) =>
      house.hire(`seller${place}${nth}`, '销售', department, { managerId: manager.id }),
    );
    managers.push(manager);
    owners.set(manager.id, await Promise.all(sellers));
  }
  const [forms, requests, outsider] = await Promise.all([publishForms(house), openRequests(house), letIn(house)]);
  const { pipelines } = await house.admin.get('/v1/pipelines');
  const environments = await Promise.all(
    WITHOUT_PAGES.map(async (name) => [name, await layLines(house, name, lines)] as const),
  );
  await Promise.all(environments.map(([name, env]) => house.mesh.restart(name, env)));
  const folder = mkdtempSync(join(tmpdir(), 'pelagic-chaos-'));
  return {
    house,
    managers,
    owners,
    stages: pipelines[0].stages,
    forms,
    requests,
    outsider,
    lines,
    disks,
    folder,
    ask: askOn(house),
    stop: async () => {
      await house.mesh.stop();
      await disks.remove();
      await house.stop();
      await Promise.all([...lines.values()].map((proxy) => proxy.close()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

/** `count` writers, each with a chance of its own, so that one that waits does not change what the others do. */
export const writersOf = (
  world: World,
  history: History,
  seed: number,
  count: number,
  onJob: Writer['onJob'],
): Writer[] =>
  Array.from({ length: count }, (_, index) => {
    const person = world.managers[index % world.managers.length]!;
    return {
      index,
      person,
      owners: world.owners.get(person.id)!,
      admin: world.house.admin,
      stranger: visitor(world.house.base),
      form: world.forms[index % world.forms.length]!,
      request: world.requests[index % world.requests.length]!,
      stages: world.stages,
      history,
      random: seeded(seed * 1_000 + index),
      prefix: `s${seed}`,
      onJob,
      leads: [],
      customers: [],
      deals: [],
      activities: [],
      comments: [],
      schedules: [],
      logs: [],
      campaigns: [],
      contracts: [],
      agreed: [],
      receipts: [],
      tickets: [],
      opened: [],
      asking: [],
    };
  });
