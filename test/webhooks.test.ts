import { setTimeout as sleep } from 'node:timers/promises';
import { uuidv7 } from '@pelagic/chassis/outbox';
import type { Partner } from '@pelagic/proto/crm/identity/v1/partner';
import type { WebhookEvent } from '@pelagic/proto/crm/identity/v1/webhook';
import { sql } from 'kysely';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openHouse, type Guest, type House } from './partners/house.ts';
import { openReceiver, type Posted, type Receiver } from './partners/receiver.ts';

// Webhooks as a receiver has them: identity keeps what was posted, the delivery posts, over a real bus and real HTTP.

const BEGUN = 'pelagic.webhook.begun.v1';
const PATIENT = { timeout: 45_000, interval: 50 };

let house: House;
let receiver: Receiver;
let guest: Guest;
beforeAll(async () => {
  house = await openHouse();
  receiver = await openReceiver();
  guest = await house.partner('Posted to', receiver.url);
}, 60_000);
afterAll(async () => {
  await house.close();
  await receiver.close();
});
beforeEach(() => {
  receiver.answer(() => 204);
});

const id = () => guest.partner.id;
const names = (posted: Posted[]): string[] => posted.flatMap(({ event }) => event.data.lead?.name ?? []);
const ofRecord = (record: string): Posted[] => receiver.posted.filter(({ event }) => event.subject === record);
const events = async (state: WebhookEvent['state'] = 'WEBHOOK_EVENT_STATE_UNSPECIFIED') =>
  house.identity.webhooks.listWebhookEvents({ partnerId: id(), state, pageSize: 200, pageToken: '' }, await house.as());
const until = (check: () => unknown) => vi.waitFor(check, PATIENT);
/** Waits for a check, while time flies for what is to be tried again. */
const untilTried = (check: () => unknown) =>
  until(async () => {
    await house.hurry();
    await check();
  });
const update = async (fields: Partial<Partner>, updateMask: string[]) => {
  const { partner } = await house.identity.partners.getPartner({ id: id() }, await house.as());
  const request = { id: id(), partner: { ...partner!, ...fields }, updateMask };
  guest.partner = (await house.identity.partners.updatePartner(request, await house.as())).partner!;
};

describe('a webhook', { timeout: 120_000 }, () => {
  it('is told that its policy begins, then what happened, signed as Standard Webhooks says', async () => {
    await house.tell('first');
    await until(() => expect(names(receiver.posted)).toEqual(['first']));
    const [begun, first] = receiver.posted;
    expect(begun!.event).toMatchObject({ type: BEGUN, data: { generation: 1, nouns: ['lead'] } });
    const checker = new Webhook(guest.webhookSecret);
    for (const { body, headers } of [begun!, first!]) {
      expect(checker.verify(body, headers as Record<string, string>)).toEqual(JSON.parse(body));
      expect(headers).toMatchObject({
        'content-type': 'application/cloudevents+json; charset=utf-8',
        'pelagic-generation': '1',
      });
    }
    expect(first!.headers['webhook-id']).toBe(first!.event.id);
    expect(first!.event.data).toEqual({ lead: { id: first!.event.subject, version: 1, name: 'first' } });
    await until(async () => expect((await events('WEBHOOK_EVENT_STATE_DELIVERED')).events).toHaveLength(2));
  });

  it('keeps the order of a record while one of its events is refused, and goes on with others', async () => {
    const [stuck, other] = [uuidv7(), uuidv7()];
    receiver.answer(({ event }) => (event.subject === stuck && event.sequence === '1' ? 500 : 204));
    await house.tell('v1', stuck, 1);
    await until(() => expect(ofRecord(stuck)).toHaveLength(1));
    await house.tell('v2', stuck, 2);
    await house.tell('other', other);
    await until(() => expect(ofRecord(other)).toHaveLength(1));
    await untilTried(() => expect(ofRecord(stuck).length).toBeGreaterThanOrEqual(3));
    expect(new Set(ofRecord(stuck).map(({ event }) => event.sequence))).toEqual(new Set(['1']));
    expect(new Set(ofRecord(stuck).map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    const { events: waiting, standing } = await events('WEBHOOK_EVENT_STATE_WAITING');
    expect(waiting.map(({ recordId }) => recordId)).toEqual([stuck, stuck]);
    expect(waiting.find(({ tries }) => tries > 0)!.attempts[0]).toMatchObject({
      status: 500,
      answer: 'not now',
      problem: '',
    });
    expect(standing).toMatchObject({ waiting: 2, failed: 0 });
    receiver.answer(() => 204);
    await untilTried(() => expect(ofRecord(stuck).at(-1)!.event.sequence).toBe('2'));
    await until(async () => expect((await events()).standing).toMatchObject({ waiting: 0 }));
  });

  it('is given up after ten tries while others are taken, and is sent again when somebody asks', async () => {
    const bad = uuidv7();
    receiver.answer(({ event }) =>
      event.subject === bad ? (response) => response.writeHead(302, { location: '/elsewhere' }).end() : 204,
    );
    await house.tell('never', bad);
    await until(() => expect(ofRecord(bad)).toHaveLength(1));
    await house.tell('taken meanwhile');
    await untilTried(async () => expect((await events()).standing).toMatchObject({ failed: 1, waiting: 0 }));
    // Not followed, and tried no more often.
    expect(ofRecord(bad)).toHaveLength(10);
    const [failed] = (await events('WEBHOOK_EVENT_STATE_FAILED')).events;
    expect(failed).toMatchObject({ recordId: bad, tries: 10 });
    receiver.answer(() => 204);
    const request = { partnerId: id(), ids: [], failedSince: new Date(Date.now() - 60_000).toISOString() };
    expect(await house.identity.webhooks.resendWebhookEvents(request, await house.as())).toEqual({ count: 1 });
    await until(() => expect(ofRecord(bad)).toHaveLength(11));
    await until(async () => expect((await events()).standing).toMatchObject({ failed: 0, waiting: 0 }));
    const again = { partnerId: id(), ids: [failed!.id], failedSince: undefined };
    expect(await house.identity.webhooks.resendWebhookEvents(again, await house.as())).toEqual({ count: 1 });
    await until(() => expect(ofRecord(bad)).toHaveLength(12));
  });

  it('gives nothing up while nothing at all is taken', async () => {
    receiver.answer(() => (response) => response.destroy());
    const record = uuidv7();
    await house.tell('in the outage', record);
    await untilTried(() => expect(ofRecord(record).length).toBeGreaterThan(11));
    expect((await events()).standing).toMatchObject({ failed: 0, waiting: 1 });
    expect((await events()).standing!.failingTime).toBeTruthy();
    receiver.answer(() => 204);
    await untilTried(async () =>
      expect((await events()).standing).toMatchObject({ waiting: 0, failingTime: undefined }),
    );
  });

  it('waits as long as a receiver asks for, and not for one that never answers', async () => {
    const [busy, slow] = [uuidv7(), uuidv7()];
    receiver.answer(() => (response) => response.writeHead(429, { 'retry-after': '3' }).end());
    await house.tell('busy', busy);
    await until(() => expect(ofRecord(busy)).toHaveLength(1));
    receiver.answer(() => 204);
    await house.tell('behind', uuidv7());
    await untilTried(() => expect(ofRecord(busy)).toHaveLength(2));
    const [first, second] = ofRecord(busy);
    expect(second!.at - first!.at).toBeGreaterThanOrEqual(2_900);
    receiver.answer(({ event }) => (event.subject === slow ? () => {} : 204));
    await house.tell('slow', slow);
    await until(async () => {
      const waiting = (await events('WEBHOOK_EVENT_STATE_WAITING')).events;
      expect(waiting[0]?.attempts[0]).toMatchObject({ status: 0, problem: 'TIMEOUT' });
    });
    receiver.answer(() => 204);
    await untilTried(async () => expect((await events()).standing).toMatchObject({ waiting: 0 }));
  });

  it('signs with both secrets for a day after a rotation', async () => {
    const before = guest.webhookSecret;
    const { webhookSecret, user, password } = await house.identity.partners.rotatePartnerSecret(
      { id: id() },
      await house.as(),
    );
    expect({ user, password }).toEqual({ user: '', password: '' });
    expect(webhookSecret).not.toBe(before);
    const record = uuidv7();
    await sleep(2_500);
    await house.tell('rotated', record);
    await until(() => expect(ofRecord(record)).toHaveLength(1));
    const [{ body, headers }] = ofRecord(record) as [Posted];
    for (const secret of [before, webhookSecret]) new Webhook(secret).verify(body, headers as Record<string, string>);
    await sql`update partner set old_secret_until = now()`.execute(house.identity.database.sql);
    await house.identity.webhooks.sendTestWebhook({ partnerId: id() }, await house.as());
    await until(() => expect(receiver.posted.at(-1)!.event.type).toBe('pelagic.webhook.test.v1'));
    const test = receiver.posted.at(-1)!;
    expect(() => new Webhook(before).verify(test.body, test.headers as Record<string, string>)).toThrow(
      'No matching signature',
    );
    guest.webhookSecret = webhookSecret;
  });

  it('is posted to by one process at a time, and by another when that dies', async () => {
    const second = await house.deliver();
    const records = Array.from({ length: 40 }, () => uuidv7());
    const from = receiver.posted.length;
    for (const version of [1, 2, 3]) for (const record of records) await house.tell(`v${version}`, record, version);
    await until(() => expect(receiver.posted.length - from).toBeGreaterThanOrEqual(120));
    await sleep(300);
    const posted = receiver.posted.slice(from);
    expect(new Set(posted.map(({ event }) => event.id)).size).toBe(120);
    expect(posted).toHaveLength(120);
    for (const record of records) expect(ofRecord(record).map(({ event }) => event.sequence)).toEqual(['1', '2', '3']);
    await second.stop();
  });

  it('is posted to again, under the same id, what a process posted that died before it could say so', async () => {
    await house.delivering.stop();
    const record = uuidv7();
    const mortal = await house.deliver((real) => async (request) => {
      if (ofRecord(record).length) throw new Error('killed');
      return real(request);
    });
    await house.tell('posted and not told', record);
    await until(() => expect(ofRecord(record)).toHaveLength(1));
    await mortal.stop();
    await house.deliver();
    await sleep(1_000);
    // It holds the right to post until that runs out.
    expect(ofRecord(record)).toHaveLength(1);
    await sql`update webhook_endpoint set held_until = now()`.execute(house.identity.database.sql);
    await until(() => expect(ofRecord(record)).toHaveLength(2));
    expect(new Set(ofRecord(record).map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    await until(async () =>
      expect((await events('WEBHOOK_EVENT_STATE_DELIVERED')).events[0]).toMatchObject({ recordId: record, tries: 1 }),
    );
  });

  it('says nothing by a policy of before once there is another', async () => {
    const record = uuidv7();
    receiver.answer(({ event }) => (event.type === BEGUN ? 204 : 500));
    await house.tell('secret name', record);
    await until(() => expect(ofRecord(record)).toHaveLength(1));
    await update({ subscriptions: [{ noun: 'lead', fields: ['source'], filter: '' }] }, ['subscriptions']);
    const beginning = () =>
      receiver.posted.findIndex(({ event: { type, data } }) => type === BEGUN && data.generation === 2);
    await until(() => expect(beginning()).toBeGreaterThan(0));
    const from = beginning();
    receiver.answer(() => 204);
    await untilTried(() =>
      expect(ofRecord(record).at(-1)!.event.data.lead).toEqual({ id: record, version: 1, source: 'web' }),
    );
    expect(names(receiver.posted.slice(from))).toEqual([]);
    expect((await events('WEBHOOK_EVENT_STATE_DROPPED')).events.map(({ recordId }) => recordId)).toEqual([record]);
    await until(async () => expect((await events()).standing).toMatchObject({ waiting: 0 }));
  });

  it('is stopped and started by hand, by its 410, and after five days of nothing', async () => {
    const stopOf = async () =>
      (await house.identity.partners.getPartner({ id: id() }, await house.as())).partner!.webhookStop;
    const start = async () => house.identity.webhooks.startWebhook({ partnerId: id() }, await house.as());
    await house.identity.webhooks.stopWebhook({ partnerId: id() }, await house.as());
    await sleep(1_000);
    const record = uuidv7();
    await house.tell('while it is off', record);
    await sleep(1_500);
    expect(ofRecord(record)).toEqual([]);
    receiver.answer(() => 410);
    await start();
    await until(async () => expect(await stopOf()).toBe('WEBHOOK_STOP_GONE'));
    receiver.answer(() => 503);
    await start();
    await until(async () => expect((await events()).standing!.failingTime).toBeTruthy());
    await sql`update webhook_endpoint set failing_time = now() - interval '6 days'`.execute(
      house.identity.database.sql,
    );
    await untilTried(async () => expect(await stopOf()).toBe('WEBHOOK_STOP_FAILING'));
    const told = await house.identity.events(id());
    expect(told.at(-1)).toMatchObject({
      type: 'crm.identity.partner.webhook_stopped.v1',
      data: { partner: { webhookStop: 'WEBHOOK_STOP_FAILING' } },
    });
    receiver.answer(() => 204);
    await start();
    await until(() => expect(ofRecord(record).at(-1)!.event.sequence).toBe('1'));
    await until(async () => expect((await events()).standing).toMatchObject({ waiting: 0 }));
  });
});
