import { jetstream, jetstreamManager, type JetStreamClient } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { DisclosedEvent } from '@pelagic/capabilities/disclosure/disclose';
import { readAllowed } from '@pelagic/capabilities/disclosure/receiver';
import { READER, spaceOf } from '@pelagic/capabilities/disclosure/space';
import { ensureStream, openBroker, type Broker } from '@pelagic/chassis/broker';
import { createLog } from '@pelagic/chassis/log';
import { uuidv7 } from '@pelagic/chassis/outbox';
import type { Part } from '@pelagic/chassis/service';
import { testBus, type TestBus } from '@pelagic/chassis/testing/engines';
import type { Delivery, PartnerDelivery } from '@pelagic/proto/crm/identity/v1/partner';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openPost } from '../webhooks/post.ts';
import { keepFeeds } from './feeds.ts';

const USER = `ptn_${'a'.repeat(32)}`;
const log = createLog('delivery', 'silent');

let bus: TestBus;
let broker: Broker;
let client: NatsConnection;
let js: JetStreamClient;
let policies: Delivery[] = [];
const reports = new Map<string, PartnerDelivery>();
const running: Part[] = [];

const startDelivery = async (): Promise<Part> => {
  const part = keepFeeds({
    identity: {
      deliveries: async () => policies,
      report: async (partnerId, delivery) => void reports.set(partnerId, delivery),
    },
    broker,
    outside: broker,
    webhooks: {
      keep: () => Promise.reject(new Error('nobody is posted to here')),
      post: openPost({ allowed: readAllowed('') }).post,
    },
    log,
    pace: { lookMs: 200, reportMs: 300 },
  });
  await part.start();
  running.push(part);
  return part;
};

beforeAll(async () => {
  bus = await testBus();
  broker = openBroker({ url: bus.url, user: 'inside', password: '', log });
  await broker.start();
  for (const service of ['customer', 'sales']) await ensureStream(broker, service);
  client = await connect({ servers: bus.url, inboxPrefix: `_INBOX_${USER}` });
  js = jetstream(client);
});
afterAll(async () => {
  for (const part of running) await part.stop();
  await client.close();
  await broker.stop();
  await bus.dispose();
});

const policy = (fields: Partial<Delivery>): Delivery => ({
  partnerId: 'one',
  user: USER,
  generation: 1,
  subscriptions: [
    { noun: 'lead', fields: ['name'], filter: 'source = web' },
    { noun: 'contract', fields: ['name'], filter: '' },
  ],
  fromTime: '2026-01-01T00:00:00.000Z',
  timeZone: 'Asia/Shanghai',
  webhook: false,
  webhookStopped: false,
  ...fields,
});

const versions = new Map<string, object>();
/** Tells of a record as its service does. */
const tell = async (service: string, noun: string, id: string, state: object, at = new Date()): Promise<void> => {
  const past = versions.get(id) as { version: number } | undefined;
  const version = (past?.version ?? 0) + 1;
  versions.set(id, { ...state, version });
  const before = past && Object.fromEntries(Object.keys(state).map((key) => [key, (past as never)[key] ?? null]));
  const type = `crm.${service}.${noun}.${past ? 'updated' : 'created'}.v1`;
  const time = at.toISOString();
  await broker.js().publish(
    type,
    JSON.stringify({
      ...{ specversion: '1.0', id: uuidv7(), source: `/crm/${service}`, type, subject: id, time, recordedtime: time },
      ...{ datacontenttype: 'application/json', sequence: String(version), noun, actorid: 'x', actorkind: 'employee' },
      ...{ businessdate: '2026-03-31', data: { [noun]: { id, version, ...state }, ...(before && { before }) } },
    }),
  );
};

const standing = async (generation: number, max = 1_000): Promise<DisclosedEvent[]> => {
  const { stream } = spaceOf(USER, generation);
  const consumer = await js.consumers.get(stream, READER);
  const events: DisclosedEvent[] = [];
  for await (const message of await consumer.fetch({ max_messages: max, expires: 1_000 })) {
    events.push(message.json<DisclosedEvent>());
    message.ack();
  }
  return events;
};

/** Reads through the consumer of the policy until so many events have come. */
const read = async (generation: number, count: number): Promise<DisclosedEvent[]> => {
  const events: DisclosedEvent[] = [];
  await vi.waitFor(
    async () => {
      events.push(...(await standing(generation, count - events.length)));
      expect(events.length).toBeGreaterThanOrEqual(count);
    },
    { timeout: 15_000, interval: 50 },
  );
  return events;
};

const ask = async (question: string, body: object = {}) =>
  (await client.request(`${USER}.${question}`, JSON.stringify(body), { timeout: 3_000 })).json<{
    stream: string;
    consumer: string;
    error?: string;
  }>();

const web = uuidv7();
const fair = uuidv7();
const deal = uuidv7();

describe('the delivery', () => {
  it('sends what was told before it began and what is told after, of the records and fields of the policy', async () => {
    await tell('customer', 'lead', web, { name: 'Li', source: 'web', note: 'hidden' });
    await tell('customer', 'lead', fair, { name: 'Wang', source: 'fair' });
    policies = [policy({})];
    await startDelivery();
    const past = await read(1, 1);
    expect(past.map(({ data }) => data)).toEqual([{ lead: { id: web, version: 1, name: 'Li' } }]);
    await tell('customer', 'lead', web, { name: 'Li Na', source: 'web' });
    await tell('sales', 'contract', deal, { name: 'Deal' });
    await tell('customer', 'lead', web, { name: 'Li Na', source: 'fair' });
    const events = await read(1, 3);
    expect(events.map(({ type, sequence }) => `${type} ${sequence}`).toSorted()).toEqual([
      'crm.customer.lead.gone.v1 3',
      'crm.customer.lead.updated.v1 2',
      'crm.sales.contract.created.v1 1',
    ]);
    expect(JSON.stringify(events)).not.toMatch(/hidden|Wang|fair/);
  });

  it('goes on where it was after an end, and twice at once sends nothing twice', async () => {
    await startDelivery();
    const ids = Array.from({ length: 300 }, () => uuidv7());
    for (const [index, id] of ids.entries()) {
      await tell('customer', 'lead', id, { name: `n${index}`, source: index % 3 ? 'web' : 'fair' });
      if (index === 100) await running.shift()!.stop();
      if (index === 150) await startDelivery();
    }
    const events = await read(1, 200);
    await new Promise((resolve) => setTimeout(resolve, 500));
    events.push(...(await standing(1)));
    expect(events.map(({ subject }) => subject)).toEqual(ids.filter((_, index) => index % 3));
  });

  it('says where the events stand, and gives them again from a time on', async () => {
    const { stream } = spaceOf(USER, 1);
    expect(await ask('hello')).toEqual({ stream, consumer: READER, generation: 1 });
    const since = new Date();
    await new Promise((resolve) => setTimeout(resolve, 5));
    await tell('customer', 'lead', uuidv7(), { name: 'after', source: 'web' });
    await read(1, 1);
    const replay = await ask('replay', { from: since.toISOString() });
    const again = await js.consumers.get(replay.stream, replay.consumer);
    const names: unknown[] = [];
    for await (const message of await again.fetch({ max_messages: 1, expires: 1_000 })) {
      names.push((message.json<DisclosedEvent>().data['lead'] as { name: string }).name);
      message.ack();
    }
    expect(names).toEqual(['after']);
    expect(await ask('replay', { from: 'yesterday' })).toEqual({ error: '"from" is not a time (ISO 8601).' });
    const all = await ask('replay', { from: '2026-01-01T00:00:00Z' });
    const { num_pending } = await (await jetstreamManager(client)).consumers.info(all.stream, all.consumer);
    expect(num_pending).toBe(205);
  });

  it('begins anew with another policy, and keeps nothing of the one before', async () => {
    policies = [
      policy({ generation: 2, subscriptions: [{ noun: 'lead', fields: ['source'], filter: 'source = fair' }] }),
    ];
    const events = await read(2, 102);
    expect(JSON.stringify(events)).not.toMatch(/"name"|"web"/);
    const jsm = await jetstreamManager(client);
    await vi.waitFor(
      async () => expect(await jsm.streams.names().next()).not.toContain(spaceOf(USER, 1).stream),
      10_000,
    );
    await vi.waitFor(
      () => expect(reports.get('one')).toMatchObject({ generation: 2, unread: '0', problem: '' }),
      20_000,
    );
  });

  it('goes on when a stream inside was lost and made anew', async () => {
    const jsm = await jetstreamManager(client);
    await jsm.streams.delete('CUSTOMER');
    await ensureStream(broker, 'customer');
    await tell('customer', 'lead', uuidv7(), { name: 'after the loss', source: 'fair' });
    const events = await read(2, 1);
    expect(events.map(({ data }) => (data['lead'] as { source: string }).source)).toContain('fair');
  }, 30_000);

  it('makes a stream again that its partner wrote over, after a while', async () => {
    const { stream, prefix } = spaceOf(USER, 2);
    const jsm = await jetstreamManager(client);
    // Of two that deliver, the other may make it again at once.
    const made = () => jsm.streams.info(stream).then(({ created }) => created, String);
    const before = await made();
    await js.publish(`${prefix}position`, '{"type":"io.nats.jetstream.api.v1.consumer_info_response"}');
    await tell('customer', 'lead', fair, { name: 'Wang', source: 'call' });
    await vi.waitFor(async () => expect(await made()).not.toBe(before), 10_000);
    await vi.waitFor(() => expect(reports.get('one')!.problem).toContain('overwritten'), 15_000);
  }, 30_000);

  it('deletes everything of who is put out', async () => {
    policies = [];
    const jsm = await jetstreamManager(client);
    await vi.waitFor(async () => {
      const names = await jsm.streams.names().next();
      expect(names.filter((name) => name.startsWith('ptn_'))).toEqual([]);
    }, 15_000);
    expect(await ask('hello')).toHaveProperty('error');
  });
});
