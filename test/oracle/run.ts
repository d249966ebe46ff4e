import type { Door } from './doors.ts';
import { sentenceOf, settled, totalOf, type Decisions, type Difference } from './ledger.ts';
import type { Probe } from './judge.ts';
import { PROBES } from './probes.ts';
import { listenToChanges } from './probes/live.ts';
import { randomOf } from '../random.ts';
import { takeStep } from './steps.ts';
import { readValues, type World } from './world.ts';

export type Found = Difference & { step: number };
export type Result = { counts: Map<string, number>; found: Found[]; steps: string[] };

type Wanted = {
  /** Rounds go on until so many decisions were made. */
  decisions: number;
  /** Or until so many steps were taken. */
  steps?: number;
  /** Steps between two rounds of questions. */
  stepsEach: number;
  say?: (text: string) => void;
  probes?: Probe[];
};

type Place = { round: number; door: number; probe: number };

/** What a probe chooses follows from the seed and its place alone, however often it is repeated and whatever runs beside it. */
const seedAt = (seed: number, { round, door, probe }: Place): number =>
  seed * 1_000_003 + round * 10_007 + door * 101 + probe;

type Asking = { round: number; limitMs?: number; say?: (text: string) => void };

/** Asks everybody, side by side, what the probes ask; for each probe what was decided. */
export const askEverybody = async (
  world: World,
  probes: Probe[],
  { round, limitMs, say = () => {} }: Asking,
): Promise<Decisions[]> => {
  const askAt = async (door: Door, place: number): Promise<Decisions[]> => {
    const all: Decisions[] = [];
    for (const [index, probe] of probes.entries()) {
      const seed = seedAt(world.seed, { round, door: place, probe: index });
      const decided = await settled((decide) => probe({ world, door, decide, random: randomOf(seed) }), limitMs);
      for (const difference of decided.differences) say(sentenceOf(difference));
      all.push(decided);
    }
    return all;
  };
  return (await Promise.all([...world.doors, world.street].map(askAt))).flat();
};

/** Rounds of a few steps, after which everybody is asked about everything; ends early at the first round that differs. */
export const consult = async (world: World, wanted: Wanted): Promise<Result> => {
  const { decisions, steps: last = Infinity, stepsEach, say = () => {} } = wanted;
  const probes = wanted.probes ?? [...new Set(Object.values(PROBES).flat())];
  const result: Result = { counts: new Map(), found: [], steps: [] };
  const add = ({ counts, differences }: Decisions): void => {
    for (const [path, n] of counts) result.counts.set(path, (result.counts.get(path) ?? 0) + n);
    result.found.push(...differences.map((each) => ({ ...each, step: result.steps.length })));
  };
  let round = 0;
  while (totalOf(result.counts) < decisions && result.steps.length < last) {
    for (let count = 0; count < stepsEach && result.steps.length < last; count += 1) {
      result.steps.push(await takeStep(world));
      say(`step ${result.steps.length}: ${result.steps.at(-1)}`);
    }
    await readValues(world);
    add(await settled((decide) => checkWorld(world, decide)));
    round += 1;
    for (const decided of await askEverybody(world, probes, { round, say })) add(decided);
    add(await listenToChanges(world));
    say(`${totalOf(result.counts)} decisions, ${result.found.length} differences`);
    if (result.found.length) break;
  }
  return result;
};

/** The records stand as the oracle thinks: where it was wrong about that, it could not be right about the rest. */
const checkWorld = async (world: World, decide: Parameters<Parameters<typeof settled>[0]>[0]): Promise<void> => {
  await readValues(world);
  const { things, values } = world.organisation;
  for (const { noun, id, ownerId, departmentId, deleted } of things.values()) {
    const record = values.get(id);
    const shown = [record?.['ownerId'] ?? '', record?.['departmentId'] ?? '', Boolean(record?.['deleteTime'])];
    decide('world', 'admin', `${noun} ${id}`, { oracle: [ownerId ?? '', departmentId ?? '', deleted], product: shown });
  }
};
