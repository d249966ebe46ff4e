import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AckPolicy, DeliverPolicy, jetstream, jetstreamManager, type JsMsg } from '@nats-io/jetstream';
import { createAccount } from '@nats-io/nkeys';
import { connect, PermissionViolationError, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { markOf } from '../process-table.ts';
import { natsPidFile, reapNats, startNats, type Nats } from './nats.ts';
import type { NatsUser } from './nats-permissions.ts';

const users: NatsUser[] = [
  { name: 'customer', password: 'c', publishes: true, durables: ['customer_reader'] },
  { name: 'sales', password: 's', publishes: true, durables: [] },
  { name: 'gateway', password: 'g', publishes: false },
];

let dir: string;
let nats: Nats;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'pelagic-nats-'));
  nats = await startNats({ dir, port: 0, monitorPort: 0, users });
  await using sales = await as('sales');
  const jsm = await jetstreamManager(sales.nc);
  await jsm.streams.add({ name: 'SALES', subjects: ['crm.sales.>'], allow_atomic: true, allow_direct: true });
});
afterAll(async () => {
  await nats.stop();
  rmSync(dir, { recursive: true });
});

interface Client extends AsyncDisposable {
  nc: NatsConnection;
  /** Operations that the server refused, in its words. */
  refused: string[];
}

async function as(name: string, url = nats.url): Promise<Client> {
  const pass = users.find((user) => user.name === name)?.password ?? '';
  const nc = await connect({ servers: url, user: name, pass, inboxPrefix: `_INBOX_${name}` });
  const refused: string[] = [];
  void (async () => {
    for await (const status of nc.status()) {
      if (status.type === 'error' && status.error instanceof PermissionViolationError) {
        refused.push(`${status.error.operation} ${status.error.subject}`);
      }
    }
  })();
  return { nc, refused, [Symbol.asyncDispose]: () => nc.close() };
}

/** What a user may not publish, of the given subjects. */
async function refusedOf(name: string, subjects: string[]): Promise<string[]> {
  await using client = await as(name);
  for (const subject of subjects) client.nc.publish(subject, '{}');
  await client.nc.flush();
  await client.nc.flush(); // the second answer comes after every refusal of the first round
  return client.refused.map((operation) => operation.replace('publish ', ''));
}

async function messagesIn(stream: string): Promise<number> {
  await using reader = await as('gateway');
  return (await (await jetstreamManager(reader.nc)).streams.info(stream)).state.messages;
}

describe('a service', () => {
  it('publishes its own events, one by one and in an atomic batch', async () => {
    await using sales = await as('sales');
    const js = jetstream(sales.nc);
    const before = await messagesIn('SALES');
    await js.publish('crm.sales.opportunity.won.v1', '{}', { msgID: 'one' });
    const batch = await js.startBatch('crm.sales.opportunity.won.v1', '{}');
    await batch.commit('crm.sales.opportunity.lost.v1', '{}');
    expect(await messagesIn('SALES')).toBe(before + 3);
    expect(sales.refused).toEqual([]);
  });

  it('cannot publish another service’s events', async () => {
    const before = await messagesIn('SALES');
    const foreign = [
      'crm.sales.opportunity.won.v1',
      'crm.identity.employee.suspended.v1',
      'crm.customerx.lead.created.v1',
    ];
    expect(await refusedOf('customer', foreign)).toEqual(foreign);
    expect(await messagesIn('SALES')).toBe(before);
  });

  it('cannot make, change, purge or delete another’s stream, nor destroy its own', async () => {
    const operations = [
      '$JS.API.STREAM.CREATE.SALES',
      '$JS.API.STREAM.UPDATE.SALES',
      '$JS.API.STREAM.PURGE.SALES',
      '$JS.API.STREAM.DELETE.SALES',
      '$JS.API.STREAM.MSG.DELETE.SALES',
      '$JS.API.STREAM.DELETE.CUSTOMER',
      '$JS.API.STREAM.PURGE.CUSTOMER',
      '$SYS.REQ.SERVER.PING',
    ];
    expect(await refusedOf('customer', operations)).toEqual(operations);
  });

  it('cannot read the replies of others, nor events past JetStream', async () => {
    await using customer = await as('customer');
    for (const subject of ['_INBOX_sales.>', '_INBOX.>', 'crm.sales.>', '$JS.API.>'])
      customer.nc.subscribe(subject, { callback: () => {} });
    await customer.nc.flush();
    await customer.nc.flush();
    expect(customer.refused).toEqual([
      'subscription _INBOX_sales.>',
      'subscription _INBOX.>',
      'subscription crm.sales.>',
      'subscription $JS.API.>',
    ]);
  });
});

it('lets a listener read every stream and publish nothing', async () => {
  expect(await refusedOf('gateway', ['crm.gateway.x.y.v1', '$JS.API.STREAM.CREATE.GATEWAY'])).toHaveLength(2);
  await using sales = await as('sales');
  await jetstream(sales.nc).publish('crm.sales.opportunity.won.v1', '"last"');
  await using gateway = await as('gateway');
  const message = await (
    await jetstreamManager(gateway.nc)
  ).direct.getMessage('SALES', { last_by_subj: 'crm.sales.opportunity.won.v1' });
  expect(message?.string()).toBe('"last"');
  const passing = await jetstream(gateway.nc).consumers.get('SALES', { deliver_policy: DeliverPolicy.Last });
  const messages = await passing.consume({ max_messages: 1 });
  for await (const { subject } of messages) {
    expect(subject).toBe('crm.sales.opportunity.won.v1');
    break;
  }
  await messages.close();
  expect(gateway.refused).toEqual([]);
});

describe('a durable consumer', () => {
  const operations = [
    'CREATE.SALES.customer_reader',
    'DURABLE.CREATE.SALES.customer_reader',
    'CREATE.SALES.customer_reader.crm.sales.>',
    'MSG.NEXT.SALES.customer_reader',
    'DELETE.SALES.customer_reader',
    'RESET.SALES.customer_reader',
    'PAUSE.SALES.customer_reader',
  ].map((operation) => `$JS.API.CONSUMER.${operation}`);
  const acknowledgements = [
    '$JS.ACK.SALES.customer_reader.1.1.1.1.0',
    '$JS.ACK._.hash.SALES.customer_reader.1.1.1.1.0.x',
  ];

  it('is its owner’s alone to make, read and acknowledge', async () => {
    for (const name of ['sales', 'gateway'])
      expect(await refusedOf(name, [...operations, ...acknowledgements])).toEqual([...operations, ...acknowledgements]);
    await using sales = await as('sales');
    await jetstream(sales.nc).publish('crm.sales.opportunity.won.v1', '{}');
    await using customer = await as('customer');
    expect((await consumed(customer)).length).toBeGreaterThan(0);
    expect(customer.refused).toEqual([]);
  });

  it('that has no owner is made by nobody', async () => {
    expect(await refusedOf('customer', ['$JS.API.CONSUMER.CREATE.SALES.another'])).toHaveLength(1);
  });
});

/** Reads SALES through a durable consumer, with an acknowledgement that the server answers. */
async function consumed({ nc }: Client): Promise<JsMsg[]> {
  const jsm = await jetstreamManager(nc);
  await jsm.consumers.add('SALES', {
    durable_name: 'customer_reader',
    ack_policy: AckPolicy.Explicit,
    filter_subjects: ['crm.sales.opportunity.>'],
  });
  await jsm.consumers.reset('SALES', 'customer_reader');
  const consumer = await jetstream(nc).consumers.get('SALES', 'customer_reader');
  const messages: JsMsg[] = [];
  for await (const message of await consumer.fetch({ max_messages: 100, expires: 1_000 })) {
    expect(await message.ackAck()).toBe(true);
    messages.push(message);
  }
  return messages;
}

describe('the configuration', () => {
  it('keeps the passwords to its owner and every acknowledged event on the disk', async () => {
    expect(statSync(join(dir, 'nats.conf')).mode & 0o777).toBe(0o600);
    const varz = (await (await fetch(`${nats.monitorUrl}/varz`)).json()) as {
      jetstream: { config: { sync_always: boolean } };
    };
    expect(varz.jetstream.config.sync_always).toBe(true);
  });

  it('takes partners by auth callout: the services go on without a responder, strangers stay out', async () => {
    const issuer = createAccount().getPublicKey();
    const extra = `authorization { auth_callout { issuer: ${issuer}, auth_users: [customer, sales, gateway], account: CRM } }`;
    await withServer(extra, async (url) => {
      await using sales = await as('sales', url);
      await (await jetstreamManager(sales.nc)).streams.add({ name: 'SALES', subjects: ['crm.sales.>'] });
      await expect(
        connect({ servers: url, user: 'partner', pass: 'x', reconnect: false, timeout: 5_000 }),
      ).rejects.toThrow();
    });
  });

  it.each([true, false])('lets both forms of acknowledgement through (js_ack_fc_v2: %s)', async (flag) => {
    await withServer(`feature_flags { js_ack_fc_v2: ${flag} }`, async (url) => {
      await using sales = await as('sales', url);
      await (await jetstreamManager(sales.nc)).streams.add({ name: 'SALES', subjects: ['crm.sales.>'] });
      await jetstream(sales.nc).publish('crm.sales.opportunity.won.v1', '{}');
      await using customer = await as('customer', url);
      const [message] = await consumed(customer);
      expect(message?.info.stream).toBe('SALES');
      expect((message as unknown as { msg: { reply: string } }).msg.reply.split('.')).toHaveLength(flag ? 11 : 9);
    });
  });
});

async function withServer(extra: string, use: (url: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'pelagic-nats-'));
  const server = await startNats({ dir: folder, port: 0, monitorPort: 0, users, extra });
  try {
    await use(server.url);
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true });
  }
}

it('ends a server that a crashed run left behind', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pelagic-nats-'));
  await startNats({ dir: folder, port: 0, monitorPort: 0, users });
  const pid = Number(readFileSync(natsPidFile(folder), 'utf8'));
  expect(markOf(pid)).toBeDefined();
  expect(await reapNats(folder)).toBe(true);
  expect(markOf(pid)).toBeUndefined();
  rmSync(folder, { recursive: true });
});
