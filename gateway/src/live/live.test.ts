import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openBroker, streamConfig, type Broker } from '@pelagic/chassis/broker';
import { Problem } from '@pelagic/chassis/problem';
import { testBus, type TestBus } from '@pelagic/chassis/testing/engines';
import { RecordServiceService } from '@pelagic/proto/crm/capability/v1/record';
import { Lead, LeadServiceService } from '@pelagic/proto/crm/customer/v1/lead';
import { STREAMS_PER_SESSION_MAX } from '../limits.ts';
import { quietLog, startGateway, type TestGateway } from '../testing/gateway.ts';
import { startTestIdentity, type TestIdentity } from '../testing/identity.ts';
import { partly, startService, type TestService } from '../testing/services.ts';
import { listenToBus } from './bus.ts';

const LI = '019d433a-0000-7000-8000-00000000000a';
const WANG = '019d433a-0000-7000-8000-00000000000b';
const RIGHTS = { 'lead.read': 'OWN' } as const;

let bus: TestBus;
let broker: Broker;
let listening: ReturnType<typeof listenToBus>;
let identity: TestIdentity;
let customer: TestService;
let gateway: TestGateway;
/** Owner by lead. */
let owners: Map<string, string>;

const implementations = () => [
  partly(identity.seam, RecordServiceService, {
    filterVisible: async ({ noun, ids }, caller) => {
      if (noun !== 'lead') throw new Problem('NOT_FOUND', 'NOT_FOUND', 'There is no such noun.');
      return { ids: ids.filter((id) => owners.get(id) === caller.id) };
    },
  }),
  partly(identity.seam, LeadServiceService, {
    listLeads: async (_, caller) => ({
      leads: [...owners].filter(([, owner]) => owner === caller.id).map(([id]) => Lead.fromPartial({ id })),
      nextPageToken: '',
      totalSize: undefined,
    }),
  }),
];

beforeAll(async () => {
  bus = await testBus();
  broker = openBroker({ ...bus, log: quietLog });
  await broker.start();
  for (const service of ['customer', 'sales']) await (await broker.jsm()).streams.add(streamConfig(service));
  identity = await startTestIdentity(quietLog);
  customer = await startService(implementations());
  gateway = await startGateway({ identity: identity.address, customer: customer.address });
  listening = listenToBus({
    broker,
    services: ['customer', 'sales', 'identity'],
    log: quietLog,
    changed: gateway.live.changed,
    missed: gateway.live.missed,
  });
  await listening.start();
  await sleep(500);
});
afterAll(async () => {
  await gateway.stop();
  await listening.stop();
  await broker.stop();
  await customer.stop();
  await identity.stop();
  await bus.dispose();
});
beforeEach(() => {
  owners = new Map();
});

let leads = 0;
const newLead = (owner: string): string => {
  const id = `019d433a-b8c0-7abc-8def-${String((leads += 1)).padStart(12, '0')}`;
  owners.set(id, owner);
  return id;
};

/** Like the relay: the whole state in the event. */
const publish = async (id: string, version: number, { service = 'customer', noun = 'lead' } = {}): Promise<void> => {
  const event = {
    specversion: '1.0',
    id: crypto.randomUUID(),
    type: `crm.${service}.${noun}.updated.v1`,
    subject: id,
    sequence: String(version),
    noun,
    data: { lead: { id, name: 'SECRET NAME' } },
  };
  await broker.js().publish(event.type, JSON.stringify(event));
};

type Tab = { bytes: () => string; notices: () => unknown[]; ended: () => boolean; close: () => void };

/** A browser's event stream, read as raw bytes. */
const openTab = async (session: string): Promise<Tab> => {
  const abort = new AbortController();
  const response = await fetch(`${gateway.url}/v1/live`, {
    headers: { cookie: `pelagic-7300=${session}`, accept: 'text/event-stream' },
    signal: abort.signal,
  });
  expect([response.status, response.headers.get('content-type'), response.headers.get('cache-control')]).toEqual([
    200,
    'text/event-stream; charset=utf-8',
    'no-store',
  ]);
  let bytes = '';
  let ended = false;
  const read = async () => {
    for await (const chunk of response.body!) bytes += Buffer.from(chunk).toString();
  };
  void read()
    .catch(() => {})
    .finally(() => (ended = true));
  return {
    bytes: () => bytes,
    notices: () => [...bytes.matchAll(/^data: (\{"noun.*)$/gm)].map(([, json]) => JSON.parse(json!) as unknown),
    ended: () => ended,
    close: () => abort.abort(),
  };
};

const li = () => identity.signIn({ id: LI, permissions: RIGHTS });
const wang = () => identity.signIn({ id: WANG, permissions: RIGHTS });

test('a change is told to who may see the record, and to nobody else not even a byte', async () => {
  const [hers, his] = [await openTab(li()), await openTab(wang())];
  const lead = newLead(LI);
  const beganMs = Date.now();
  await publish(lead, 4);
  await expect.poll(hers.notices, { interval: 20 }).toEqual([{ noun: 'lead', id: lead, version: 4 }]);
  expect(Date.now() - beganMs).toBeLessThan(1_500);
  await sleep(300);
  expect(hers.bytes()).toBe(`retry: 2000\n\ndata: {"noun":"lead","id":"${lead}","version":4}\n\n`);
  expect(his.bytes()).toBe('retry: 2000\n\n');
  [hers, his].forEach((tab) => tab.close());
});

test('every tab of a session hears it', async () => {
  const session = li();
  const tabs = [await openTab(session), await openTab(session)];
  const lead = newLead(LI);
  await publish(lead, 1);
  for (const tab of tabs) await expect.poll(tab.notices).toHaveLength(1);
  tabs.forEach((tab) => tab.close());
});

test('who was shown a record by a list and may see it no longer is told that it is gone; who gets it is told of it', async () => {
  const [hers, his] = [li(), wang()];
  const lead = newLead(LI);
  await gateway.ask('GET', '/v1/leads', { as: hers });
  const [herTab, hisTab] = [await openTab(hers), await openTab(his)];
  owners.set(lead, WANG);
  await publish(lead, 2);
  await expect.poll(herTab.notices).toEqual([{ noun: 'lead', id: lead, gone: true }]);
  await expect.poll(hisTab.notices).toEqual([{ noun: 'lead', id: lead, version: 2 }]);
  await publish(lead, 3);
  await expect.poll(hisTab.notices).toHaveLength(2);
  expect(herTab.notices()).toHaveLength(1);
  [herTab, hisTab].forEach((tab) => tab.close());
});

test('a change while the page was loading is told when the stream opens', async () => {
  const session = li();
  const lead = newLead(LI);
  await publish(lead, 9);
  await sleep(300);
  const tab = await openTab(session);
  await expect.poll(tab.notices).toEqual([{ noun: 'lead', id: lead, version: 9 }]);
  tab.close();
});

test('a noun that nobody can be asked about is told to nobody', async () => {
  const tab = await openTab(li());
  const lead = newLead(LI);
  await publish(lead, 1, { noun: 'api_key' });
  await publish(lead, 2, { service: 'sales', noun: 'opportunity' });
  await sleep(500);
  expect(tab.bytes()).toBe('retry: 2000\n\n');
  tab.close();
});

test('while the owner is away nothing is said, and afterwards what is true then', { timeout: 30_000 }, async () => {
  const tab = await openTab(li());
  const lead = newLead(LI);
  await customer.stop();
  await publish(lead, 5);
  await sleep(1_500);
  expect(tab.notices()).toEqual([]);
  customer = await startService(implementations(), Number(customer.address.split(':')[1]));
  await expect.poll(tab.notices, { timeout: 10_000 }).toEqual([{ noun: 'lead', id: lead, version: 5 }]);
  tab.close();
});

describe('a person who is out', () => {
  test('loses their open stream within five seconds, also while the bus is away', { timeout: 20_000 }, async () => {
    const [session, other] = [li(), wang()];
    const [tab, stays] = [await openTab(session), await openTab(other)];
    await bus.stop();
    identity.revoke(session);
    const revokedMs = Date.now();
    await expect.poll(tab.ended, { timeout: 8_000, interval: 50 }).toBe(true);
    expect(Date.now() - revokedMs).toBeLessThan(5_000);
    expect(stays.ended()).toBe(false);
    expect((await gateway.ask('GET', '/v1/live', { as: session })).status).toBe(401);
    stays.close();
    await bus.start();
  });

  test('hears nothing more on it', async () => {
    const session = li();
    const tab = await openTab(session);
    identity.revoke(session);
    await sleep(3_100);
    await publish(newLead(LI), 1);
    await sleep(500);
    expect(tab.notices()).toEqual([]);
    tab.close();
  });
});

test('when identity cannot say who anybody is, streams end with the last token', { timeout: 20_000 }, async () => {
  const tab = await openTab(li());
  await identity.stop();
  const awayMs = Date.now();
  await expect.poll(tab.ended, { timeout: 10_000, interval: 50 }).toBe(true);
  expect(Date.now() - awayMs).toBeLessThan(5_500);
  await identity.restart();
  await expect
    .poll(() => gateway.ask('GET', '/v1/leads', { as: li() }).then(({ status }) => status), { timeout: 8_000 })
    .toBe(200);
});

test('after the bus was away pages are told to fetch again, and hear what comes', { timeout: 30_000 }, async () => {
  const tab = await openTab(li());
  await bus.kill();
  await sleep(500);
  await bus.start();
  await expect.poll(tab.bytes, { timeout: 10_000 }).toContain('event: resync\ndata: {}\n\n');
  const lead = newLead(LI);
  await expect
    .poll(
      async () =>
        publish(lead, 1).then(
          () => true,
          () => false,
        ),
      { timeout: 10_000 },
    )
    .toBe(true);
  await expect.poll(tab.notices, { timeout: 5_000 }).toEqual([{ noun: 'lead', id: lead, version: 1 }]);
  tab.close();
});

test('a stream that appears later is heard', { timeout: 15_000 }, async () => {
  const tab = await openTab(li());
  await (await broker.jsm()).streams.add(streamConfig('identity'));
  await expect.poll(tab.bytes, { timeout: 5_000 }).toContain('event: resync');
  tab.close();
});

test('a session has so many streams and no more', async () => {
  const session = li();
  const tabs = await Promise.all(Array.from({ length: STREAMS_PER_SESSION_MAX }, () => openTab(session)));
  const refused = await gateway.ask('GET', '/v1/live', { as: session });
  expect([refused.status, refused.json.reason, refused.headers.get('retry-after')]).toEqual([
    429,
    'TOO_MANY_STREAMS',
    '30',
  ]);
  tabs[0]!.close();
  await expect
    .poll(async () =>
      openTab(session).then(
        (tab) => (tab.close(), true),
        () => false,
      ),
    )
    .toBe(true);
  tabs.forEach((tab) => tab.close());
});

test('is for who is signed in', async () => expect((await gateway.ask('GET', '/v1/live')).status).toBe(401));

test('at a restart streams end, each told another moment to come back', async () => {
  const leaving = await startGateway({ identity: identity.address });
  const response = await fetch(`${leaving.url}/v1/live`, { headers: { cookie: `pelagic-7300=${li()}` } });
  const [text] = await Promise.all([response.text(), leaving.stop()]);
  expect(text).toMatch(/^retry: 2000\n\nretry: \d+\n\n$/);
});
