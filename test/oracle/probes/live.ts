import { until } from '../../mesh/person.ts';
import type { Door } from '../doors.ts';
import { PATHS, word, type Entered } from '../entering.ts';
import { isOut, living, sample, type Probe, type Probing } from '../judge.ts';
import { HOLDS_AFTER_MS, openDecisions, type Decisions } from '../ledger.ts';
import { isIn, reaches } from '../reference.ts';
import { readValues, type World } from '../world.ts';

/** Records that change while everybody listens. */
const CHANGED = 6;

type Listening = { door: Door; stream: Awaited<ReturnType<Door['listen']>> };

/** That something is gone is told to who was shown it a moment before it went out of their sight. */
const toldOf = ({ stream }: Listening): Set<string> =>
  new Set([...stream.text().matchAll(/"id":"([\w-]+)","version"/g)].map(([, id]) => id!));

/** Changes records while everybody who is in listens: who sees a record is told, and nobody else ever is. */
export const listenToChanges = async (world: World): Promise<Decisions> => {
  const { decide, ...decisions } = openDecisions();
  const { organisation, house } = world;
  const doors = world.doors.filter((door) => !door.asker.key && isIn(organisation, door.asker));
  const listening: Listening[] = await Promise.all(doors.map(async (door) => ({ door, stream: await door.listen() })));
  const { random } = world;
  const probing: Probing = { world, door: world.admin, decide, random };
  const all = ['lead', 'customer', 'contact', 'opportunity'].flatMap((noun) => living(probing, noun));
  const things = sample(
    probing,
    all.filter((thing) => reaches(organisation, world.admin.asker, 'read', thing, Date.now())),
    CHANGED,
  );
  await until('open streams', HOLDS_AFTER_MS, () => listening.every(({ stream }) => stream.text().includes('retry')));
  for (const thing of things)
    await house.admin.patch(`${PATHS[thing.noun as Entered]}/${thing.id}`, { note: word(world) });
  const sees = (door: Door, thing: (typeof things)[number]) =>
    reaches(organisation, door.asker, 'read', thing, Date.now());
  const hasAll = (each: Listening) => things.every((thing) => !sees(each.door, thing) || toldOf(each).has(thing.id));
  await until('live updates', HOLDS_AFTER_MS, () => listening.every(hasAll)).catch(() => {});
  for (const each of listening) {
    for (const thing of things)
      decide('live', each.door.name, `${thing.noun} ${thing.id}`, {
        oracle: sees(each.door, thing),
        product: toldOf(each).has(thing.id),
      });
    each.stream.stop();
  }
  await readValues(world);
  return decisions;
};

/** Streams are for people who are in. */
export const streams: Probe = async (probing) => {
  const { door, decide } = probing;
  const expected = isOut(probing) ? 401 : door.asker.key ? 403 : 200;
  if (expected === 200) return;
  decide('live', door.name, 'a stream', { oracle: expected, product: await door.status('/v1/live') });
};
