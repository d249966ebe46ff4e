import { uuidv7 } from '@pelagic/chassis/outbox';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { follow, replay, type Event } from '../docs/guide/partner/follow.ts';
import { followInPython, replayInPython } from './partners/python.ts';
import { openHouse, type Guest, type House } from './partners/house.ts';

// The clients of the guide, as they stand there, over breaks. A nightly run takes 100,000 events.

const EVENTS = Number(process.env['PARTNER_EVENTS'] ?? 2_000);
const BREAKS = 10;
const VERSIONS = 10;
const AT_ONCE = 200;
/** Events a second that the slowest machine gets through. */
const RATE = 100;
const PATIENT_MS = 30_000 + (EVENTS / RATE) * 1_000;

let house: House;
const told = new Map<string, number>();

/** Versions of many records, so many at once that those of one come close to each other. */
const tell = async (count: number): Promise<void> => {
  const ids = Array.from({ length: Math.ceil(count / VERSIONS) }, () => uuidv7());
  const all = ids.flatMap((id) => Array.from({ length: VERSIONS }, (_, at) => [id, at + 1] as const));
  for (let from = 0; from < all.length; from += AT_ONCE)
    await Promise.all(
      all.slice(from, from + AT_ONCE).map(([id, version]) => house.tell(`name ${version}`, id, version)),
    );
  for (const id of ids) told.set(id, VERSIONS);
};

/** What a side that goes by versions makes of what came. */
const keep = () => {
  const versions = new Map<string, number[]>();
  return {
    take: ({ subject, sequence }: Event) => {
      const known = versions.get(subject) ?? [];
      if (Number(sequence) > (known.at(-1) ?? 0)) versions.set(subject, [...known, Number(sequence)]);
    },
    count: () => versions.values().reduce((sum, each) => sum + each.length, 0),
    versions,
  };
};
type Kept = ReturnType<typeof keep>;

const expected = () => told.values().reduce((sum, each) => sum + each, 0);

/** Every version of every record, once, in its order. */
const expectAll = ({ versions }: Kept): void => {
  const whole = Array.from({ length: VERSIONS }, (_, at) => at + 1).join();
  expect(versions.size).toBe(told.size);
  expect([...versions.values()].filter((each) => each.join() !== whole)).toEqual([]);
};

const hasCome = (kept: Kept, count: number) =>
  vi.waitFor(() => expect(kept.count()).toBeGreaterThanOrEqual(count), { timeout: PATIENT_MS, interval: 50 });

/** Cuts the connection again and again, while events are told and read. */
const tellOverBreaks = async (guest: Guest, kept: Kept): Promise<void> => {
  for (let each = 0; each < BREAKS; each += 1) {
    const before = kept.count();
    const telling = tell(EVENTS / 2 / BREAKS);
    await hasCome(kept, before + 1);
    await house.cut(guest);
    await telling;
  }
  await hasCome(kept, expected());
};

beforeAll(async () => {
  house = await openHouse();
  await tell(EVENTS / 2);
}, PATIENT_MS + 60_000);
afterAll(() => house.close());

describe('the client of the guide', () => {
  it(
    'has everything from before its subscription on, over breaks, once and in order; and again from a date',
    async () => {
      const guest = await house.partner('Guide');
      const access = { servers: house.url, ...guest };
      const [kept, begun] = [keep(), [] as number[]];
      const over = new AbortController();
      const copy = {
        begin: async (generation: number) => void begun.push(generation),
        apply: async (event: Event) => kept.take(event),
      };
      const following = follow(access, copy, over.signal);
      await tellOverBreaks(guest, kept);
      expectAll(kept);
      over.abort();
      await following;
      expect(begun).toEqual([1]);
      const again = keep();
      await replay(access, new Date('2026-01-01'), async (event) => again.take(event));
      expectAll(again);
    },
    PATIENT_MS * 2,
  );

  it(
    'does so in Python',
    async () => {
      const guest = await house.partner('Python');
      const kept = keep();
      const client = followInPython(house.url, guest, kept.take);
      try {
        await tellOverBreaks(guest, kept);
        expectAll(kept);
      } finally {
        client.stop();
      }
      const again = keep();
      await replayInPython(house.url, guest, '2026-01-01T00:00:00Z', again.take);
      expectAll(again);
    },
    PATIENT_MS * 2,
  );
});
