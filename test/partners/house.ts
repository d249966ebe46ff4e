import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAccount, createCurve } from '@nats-io/nkeys';
import { connect, PermissionViolationError, type NatsConnection } from '@nats-io/transport-node';
import { readAllowed } from '@pelagic/capabilities/disclosure/receiver';
import { OUTSIDE, spaceOf, type Space } from '@pelagic/capabilities/disclosure/space';
import { ensureStream, openBroker, type Broker } from '@pelagic/chassis/broker';
import { createLog } from '@pelagic/chassis/log';
import { uuidv7 } from '@pelagic/chassis/outbox';
import type { Part } from '@pelagic/chassis/service';
import type { Partner, PartnerDelivery } from '@pelagic/proto/crm/identity/v1/partner';
import type { KeepWebhookRequest } from '@pelagic/proto/crm/identity/v1/webhook';
import { sql } from 'kysely';
import { expect, vi } from 'vitest';
import { startNats, type Nats } from '../../deploy/local/engines/nats.ts';
import { DOOR_USERS } from '../../deploy/local/engines/nats-partners.ts';
import { keepFeeds } from '../../gateway/src/partners/feeds.ts';
import type { KeepWebhook } from '../../gateway/src/webhooks/deliverer.ts';
import { openPost } from '../../gateway/src/webhooks/post.ts';
import { startIdentity, type TestIdentity } from '../../services/identity/src/testing/start-identity.ts';

// Partners on a real bus: identity lets them in and cuts them off, the delivery writes for them, the server keeps them apart.

export type Guest = { user: string; password: string; webhookSecret: string; partner: Partner; space: Space };
export type Login = Pick<Guest, 'user' | 'password'>;
/** `refused` grows with what the server does not let it do. */
export type Connected = { nc: NatsConnection; refused: string[] };

export type House = {
  identity: TestIdentity;
  url: string;
  as: () => Promise<{ token: string }>;
  /** The bus as the service that tells of leads, and as who writes for partners. */
  customer: Broker;
  outside: Broker;
  tell: (name: string, id?: string, version?: number) => Promise<void>;
  /** With a URL it is posted to. */
  partner: (name: string, webhookUrl?: string) => Promise<Guest>;
  /** What webhooks wait for is due now. */
  hurry: () => Promise<unknown>;
  /** Another process that delivers; `keep` stands between it and identity. */
  deliver: (keep?: (real: KeepWebhook) => KeepWebhook) => Promise<Part>;
  /** The process that delivers from the beginning on. */
  delivering: Part;
  connect: (login: Login) => Promise<Connected>;
  /** Breaks the connections of a partner, as a network does. */
  cut: (login: Login) => Promise<void>;
  /** What stands in all streams outside, and how they are made. */
  standing: () => Promise<unknown[]>;
  close: () => Promise<void>;
};

const log = createLog('delivery', 'silent');
const passwords = Object.fromEntries(Object.values(DOOR_USERS).map((name) => [name, `${name} password`]));
const USERS = [
  { name: 'customer', password: 'c', publishes: true, durables: [] },
  { name: 'delivery', password: 'd', publishes: false },
];

const keysOfDoor = () => {
  const [issuer, curve] = [createAccount(), createCurve()];
  const text = (seed: Uint8Array) => new TextDecoder().decode(seed);
  return {
    door: { issuer: issuer.getPublicKey(), curve: curve.getPublicKey(), passwords },
    keys: { issuerSeed: text(issuer.getSeed()), curveSeed: text(curve.getSeed()) },
  };
};

const tellOn = async (broker: Broker, name: string, id = uuidv7(), version = 1): Promise<void> => {
  const time = new Date().toISOString();
  const type = `crm.customer.lead.${version > 1 ? 'updated' : 'created'}.v1`;
  const before = version > 1 && { before: { name: 'another' } };
  const body = {
    ...{ specversion: '1.0', id: uuidv7(), source: '/crm/customer', type, subject: id, time, recordedtime: time },
    ...{ datacontenttype: 'application/json', sequence: String(version), noun: 'lead', actorid: 'x' },
    ...{ actorkind: 'employee', businessdate: '2026-03-31' },
    ...{ data: { lead: { id, version, name, source: 'web' }, ...before } },
  };
  await broker.js().publish(type, JSON.stringify(body));
};

const connectAs = async ({ url }: Nats, { user, password }: Login): Promise<Connected> => {
  const nc = await connect({ servers: url, user, pass: password, inboxPrefix: `_INBOX_${user}`, reconnect: false });
  const refused: string[] = [];
  void (async () => {
    for await (const status of nc.status())
      if (status.type === 'error' && status.error instanceof PermissionViolationError)
        refused.push(`${status.error.operation} ${status.error.subject}`);
  })();
  return { nc, refused };
};

const cutOff = async ({ url }: Nats, user: string): Promise<void> => {
  const { sweep } = DOOR_USERS;
  const nc = await connect({ servers: url, user: sweep, pass: passwords[sweep]!, inboxPrefix: `_INBOX_${sweep}` });
  const question = JSON.stringify({ acc: OUTSIDE, auth: true });
  const { server, data } = (await nc.request('$SYS.REQ.SERVER.PING.CONNZ', question)).json<{
    server: { id: string };
    data: { connections: { cid: number; authorized_user: string }[] };
  }>();
  for (const { cid, authorized_user: name } of data.connections)
    if (name.startsWith(`${user}.`)) await nc.request(`$SYS.REQ.SERVER.${server.id}.KICK`, JSON.stringify({ cid }));
  await nc.close();
};

const standingIn = async (outside: Broker): Promise<unknown[]> => {
  const streams: unknown[] = [];
  for await (const { config, state } of (await outside.jsm()).streams.list())
    streams.push({ config, messages: state.messages, last: state.last_seq, consumers: state.consumer_count });
  return streams;
};

/** Where the events of a partner stand, once the delivery has begun. */
export const greeted = ({ user }: Login, { nc }: Connected): Promise<{ stream: string; consumer: string }> =>
  vi.waitFor(
    async () => {
      const reply = await nc.request(`${user}.hello`, '', { timeout: 1_000 });
      const answer = reply.json<{ stream: string; consumer: string }>();
      expect(answer.stream).toBeTruthy();
      return answer;
    },
    { timeout: 15_000, interval: 200 },
  );

/** The date so many days ago, by UTC. */
const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);

const createPartner = async (
  identity: TestIdentity,
  admin: { token: string },
  name: string,
  webhookUrl = '',
): Promise<Guest> => {
  const partner: Partner = {
    ...{ id: '', version: 0, name, contact: '', note: '', active: true, generation: 0, historyFrom: daysAgo(30) },
    ...{ secretTime: undefined, createTime: undefined, updateTime: undefined },
    ...{ webhookUrl, webhookStop: 'WEBHOOK_STOP_UNSPECIFIED' as const },
    subscriptions: [{ noun: 'lead', fields: ['name'], filter: '' }],
  };
  const answer = await identity.partners.createPartner({ partner }, admin);
  return { ...answer, partner: answer.partner!, space: spaceOf(answer.user, 1) };
};

export const openHouse = async (): Promise<House> => {
  const dir = mkdtempSync(join(tmpdir(), 'pelagic-partners-'));
  const { door, keys } = keysOfDoor();
  const nats = await startNats({ dir, port: 0, monitorPort: 0, users: USERS, door });
  const [calloutPassword, sweepPassword] = [passwords[DOOR_USERS.callout]!, passwords[DOOR_USERS.sweep]!];
  const identity = await startIdentity('partners', {}, { url: nats.url, keys, calloutPassword, sweepPassword });
  await identity.bootstrap();
  const admin = await identity.signIn('admin');
  const parts: Part[] = [];
  const opened = async (user: string, password: string): Promise<Broker> => {
    const broker = openBroker({ url: nats.url, user, password, log });
    await broker.start();
    parts.push(broker);
    return broker;
  };
  const customer = await opened('customer', 'c');
  await ensureStream(customer, 'customer');
  const outside = await opened(DOOR_USERS.delivery, passwords[DOOR_USERS.delivery]!);
  const asService = () => identity.service('customer');
  const asked = {
    deliveries: async () => (await identity.partners.listDeliveries({}, await asService())).deliveries,
    report: async (partnerId: string, delivery: PartnerDelivery) => {
      await identity.partners.reportDelivery({ partnerId, delivery }, await asService());
    },
  };
  const inside = await opened('delivery', 'd');
  const webhooks = {
    keep: async (request: KeepWebhookRequest) => identity.webhooks.keepWebhook(request, await asService()),
    post: openPost({ allowed: readAllowed('127.0.0.1'), timeoutMs: 1_000 }).post,
    idleMs: 100,
  };
  const deliver = async (keep: (real: KeepWebhook) => KeepWebhook = (real) => real): Promise<Part> => {
    const pace = { lookMs: 200, reportMs: 1_000 };
    const posting = { ...webhooks, keep: keep(webhooks.keep) };
    const feeds = keepFeeds({ identity: asked, broker: inside, outside, webhooks: posting, log, pace });
    await feeds.start();
    parts.push(feeds);
    return feeds;
  };
  const delivering = await deliver();
  return {
    identity,
    url: nats.url,
    as: () => identity.as(admin),
    customer,
    outside,
    tell: (...told) => tellOn(customer, ...told),
    partner: async (name, url) => createPartner(identity, await identity.as(admin), name, url),
    hurry: () =>
      sql`update webhook_event set due_time = now() where state = 'WEBHOOK_EVENT_STATE_WAITING' and due_time is not null`.execute(
        identity.database.sql,
      ),
    deliver,
    delivering,
    connect: (login) => connectAs(nats, login),
    cut: ({ user }) => cutOff(nats, user),
    standing: () => standingIn(outside),
    close: async () => {
      for (const part of parts.toReversed()) await part.stop();
      await identity.stop();
      await nats.stop();
      rmSync(dir, { recursive: true });
    },
  };
};
