import { createServer, type AddressInfo } from 'node:net';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { receive, type Posted } from '../docs/guide/partner/receive.ts';
import { openHouse, type House } from './partners/house.ts';
import { receiveInPython } from './partners/python.ts';

// The receivers of the guide, as they stand there: over a time in which nobody listens, and over another policy.

const RECORDS = 30;
const VERSIONS = 3;
const PATIENT = { timeout: 40_000, interval: 100 };

let house: House;
beforeAll(async () => {
  house = await openHouse();
}, 60_000);
afterAll(() => house.close());

/** Waits for a check, while time flies for what is to be tried again. */
const until = (check: () => unknown) =>
  vi.waitFor(async () => {
    await house.hurry();
    await check();
  }, PATIENT);

/** A port that nobody has. */
const freePort = (): Promise<number> =>
  new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => done(port));
    });
  });

/** What a side that goes by versions makes of what came. */
const keep = () => {
  const versions = new Map<string, number[]>();
  const begun: number[] = [];
  return {
    versions,
    begun,
    begin: (generation: number) => {
      begun.push(generation);
      versions.clear();
    },
    take: ({ subject = '', sequence }: Pick<Posted, 'subject' | 'sequence'>) => {
      const known = versions.get(subject) ?? [];
      if (Number(sequence) > (known.at(-1) ?? 0)) versions.set(subject, [...known, Number(sequence)]);
    },
  };
};
type Kept = ReturnType<typeof keep>;
type Listen = (port: number, secret: string, kept: Kept) => { stop: () => unknown };

const inTypeScript: Listen = (port, secret, kept) => {
  const server = receive(port, secret, {
    begin: async (generation) => kept.begin(generation),
    apply: async (event) => kept.take(event),
  });
  return {
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};
const inPython: Listen = (port, secret, kept) =>
  receiveInPython(port, secret, (said) => (said.begun ? kept.begin(said.begun) : kept.take(said)));

describe.each([
  ['TypeScript', inTypeScript],
  ['Python', inPython],
])('the receiver in %s', (language, listen) => {
  it(
    'has every version of every record in its order, and begins anew with another policy',
    { timeout: 120_000 },
    async () => {
      const port = await freePort();
      const { partner, webhookSecret } = await house.partner(language, `http://127.0.0.1:${port}/`);
      const kept = keep();
      const ids = Array.from({ length: RECORDS }, () => uuidv7());
      const tell = async (versions: number[]) => {
        for (const version of versions) for (const id of ids) await house.tell(`v${version}`, id, version);
      };
      const whole = Array.from({ length: VERSIONS }, (_, at) => at + 1);
      const expectAll = () => expect(ids.map((id) => kept.versions.get(id))).toEqual(ids.map(() => whole));
      // Nobody listens yet: what is posted meanwhile comes again.
      await tell(whole.slice(0, 1));
      const listening = listen(port, webhookSecret, kept);
      await tell(whole.slice(1));
      await until(expectAll);
      const subscriptions = [{ noun: 'lead', fields: [], filter: '' }];
      const request = { id: partner.id, partner: { ...partner, subscriptions }, updateMask: ['subscriptions'] };
      await house.identity.partners.updatePartner(request, await house.as());
      await until(() => expect(kept.begun).toEqual([1, 2]));
      await until(() => expect(ids.every((id) => kept.versions.get(id)?.includes(1))).toBe(true));
      await listening.stop();
    },
  );

  it('takes nothing that is signed by somebody else, or that is old', async () => {
    const port = await freePort();
    const kept = keep();
    const listening = listen(port, `whsec_${Buffer.from('a secret of twenty-four b').toString('base64')}`, kept);
    const send = (headers: Record<string, string>) =>
      fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: '{"type":"x"}', headers }).then(
        ({ status }) => status,
      );
    await vi.waitFor(async () => expect(await send({})).toBe(401), PATIENT);
    const now = String(Math.floor(Date.now() / 1_000));
    expect(await send({ 'webhook-id': 'one', 'webhook-timestamp': now, 'webhook-signature': 'v1,AAAA' })).toBe(401);
    expect(await send({ 'webhook-id': 'one', 'webhook-timestamp': '1', 'webhook-signature': 'v1,AAAA' })).toBe(401);
    expect(kept.versions.size).toBe(0);
    await listening.stop();
  });
});
