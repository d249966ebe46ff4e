import { setTimeout as sleep } from 'node:timers/promises';
import { jetstream } from '@nats-io/jetstream';
import { spaceOf } from '@pelagic/capabilities/disclosure/space';
import type { Partner } from '@pelagic/proto/crm/identity/v1/partner';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { publishes, questions, smuggledReplies, subscriptions } from './partners/attacks.ts';
import { greeted, openHouse, type Connected, type Guest, type House } from './partners/house.ts';

const LEADS = 20;

let house: House;
let mine: Guest;
let theirs: Guest;
beforeAll(async () => {
  house = await openHouse();
  for (let each = 0; each < LEADS; each += 1) await house.tell(`lead ${each}`);
  [mine, theirs] = [await house.partner('Mine'), await house.partner('Theirs')];
}, 60_000);
afterAll(() => house.close());

it('lets a partner in who reads what its policy tells it, and nobody with another password', async () => {
  const connected = await house.connect(mine);
  const { stream, consumer } = await greeted(mine, connected);
  const reader = await jetstream(connected.nc).consumers.get(stream, consumer);
  const names: string[] = [];
  await vi.waitFor(
    async () => {
      for await (const message of await reader.fetch({ max_messages: 100, expires: 1_000 })) {
        names.push(message.json<{ data: { lead: { name: string } } }>().data.lead.name);
        expect(await message.ackAck()).toBe(true);
      }
      expect(names).toHaveLength(LEADS);
    },
    { timeout: 10_000 },
  );
  expect(connected.refused).toEqual([]);
  await connected.nc.close();
  const { user, password } = mine;
  const wrong = [
    { user, password: theirs.password },
    { user: 'customer', password },
    { user: '', password: '' },
  ];
  for (const login of wrong) await expect(house.connect(login)).rejects.toThrow(/Authorization/i);
});

describe('a hostile partner', () => {
  it('publishes and hears nothing that is not its own: more than 200 operations refused', async () => {
    const connected = await house.connect(mine);
    const { nc, refused } = connected;
    await greeted(mine, connected);
    const before = await house.standing();
    const [said, heard] = [publishes(mine, theirs), subscriptions(mine, theirs)];
    for (const subject of said) nc.publish(subject, '{}');
    await nc.flush();
    for (const subject of heard) nc.subscribe(subject, { callback: () => {} });
    await nc.flush();
    await nc.flush();
    expect(refused).toEqual([
      ...said.map((subject) => `publish ${subject}`),
      ...heard.map((subject) => `subscription ${subject}`),
    ]);
    expect(refused.length).toBeGreaterThanOrEqual(200);
    expect(await house.standing()).toEqual(before);
    await nc.close();
  });

  it('reaches nothing of another by a reply that it gives to what it may ask', async () => {
    const connected = await house.connect(mine);
    const { stream } = await greeted(mine, connected);
    const hers = await house.connect(theirs);
    await greeted(theirs, hers);
    const ofOthers = async () => (await house.standing()).filter((each) => !JSON.stringify(each).includes(stream));
    const before = await ofOthers();
    expect(before).toHaveLength(1);
    for (const reply of smuggledReplies())
      for (const [subject, body] of questions(mine)) connected.nc.publish(subject, body, { reply });
    await connected.nc.flush();
    await sleep(500);
    expect(await ofOthers()).toEqual(before);
    expect(hers.nc.isClosed()).toBe(false);
    const inside = await (await house.customer.jsm()).streams.info('CUSTOMER');
    expect(inside.state.messages).toBe(LEADS);
    await Promise.all([connected.nc.close(), hers.nc.close()]);
  }, 60_000);
});

describe('who is put out', () => {
  const isClosed = ({ nc }: Connected) =>
    vi.waitFor(() => expect(nc.isClosed()).toBe(true), { timeout: 5_000, interval: 50 });

  it('is cut off at once: at another policy, at another password, and when it is no longer active', async () => {
    const { identity, as } = house;
    let { partner } = mine;
    const update = async (fields: Partial<Partner>, updateMask: string[]) => {
      const request = { id: partner.id, partner: { ...partner, ...fields }, updateMask };
      partner = (await identity.partners.updatePartner(request, await as())).partner!;
    };
    const first = await house.connect(mine);
    await update({ subscriptions: [{ noun: 'lead', fields: [], filter: '' }] }, ['subscriptions']);
    await isClosed(first);
    const second = await house.connect(mine);
    expect(await greeted(mine, second)).toMatchObject({ stream: spaceOf(mine.user, 2).stream });
    const rotated = await identity.partners.rotatePartnerSecret({ id: partner.id }, await as());
    partner = rotated.partner!;
    await isClosed(second);
    await expect(house.connect(mine)).rejects.toThrow(/Authorization/i);
    const third = await house.connect(rotated);
    await update({ active: false }, ['active']);
    await isClosed(third);
    await expect(house.connect(rotated)).rejects.toThrow(/Authorization/i);
    const hers = await house.connect(theirs);
    await greeted(theirs, hers);
    await hers.nc.close();
    await vi.waitFor(async () => expect(JSON.stringify(await house.standing())).not.toContain(mine.user), 10_000);
  }, 60_000);
});
